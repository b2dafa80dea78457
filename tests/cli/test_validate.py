"""validate and explain, and the gate that every writing command has to pass."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from world import Shell, commit, git

from bootstrap import gate, skeletons
from bootstrap.context import Context
from bootstrap.layout import Environment
from bootstrap.repository.worktree import WorkTreeSource
from bootstrap.tree import Files, Tree

RAYCLUSTER = 'environments/prod/applications/raycluster.yaml'
OPERATOR = 'environments/prod/applications/ray-operator.yaml'
GUIDE = Path(__file__).parents[3] / 'shared' / 'guide'
CORPUS = Path(__file__).parents[3] / 'shared' / 'corpus'


def edited(folder: Path, old: str, new: str, file: str = RAYCLUSTER) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_fresh_environment_has_no_finding(prod: Path, shell: Shell) -> None:
    ran = shell('validate')
    assert (ran.code, ran.out, ran.err) == (0, '', '5 files: nothing found\n')


def test_a_finding_points_at_its_character(prod: Path, shell: Shell) -> None:
    edited(prod, 'maxReplicas: 200', 'maxReplicas: 0')
    ran = shell('validate')
    assert ran.code == 4
    line = (prod / RAYCLUSTER).read_text().split('\n').index('          maxReplicas: 0') + 1
    first, source, caret = ran.out.splitlines()[:3]
    assert first.startswith(f'{RAYCLUSTER}:{line}:11: RB402 error: ')
    assert source == '              maxReplicas: 0'
    assert caret == '              ^'


@pytest.mark.parametrize('ending', ['\n', '\r\n'])
@pytest.mark.parametrize('mark', ['', '\ufeff'])
def test_a_place_is_right_with_any_line_end(prod: Path, shell: Shell, ending: str, mark: str) -> None:
    text = (prod / RAYCLUSTER).read_text().replace('maxReplicas: 200', 'maxReplicas: 0').replace('\n', ending)
    (prod / RAYCLUSTER).write_bytes((mark + '# 🦀\u2028' + ending + text).encode())
    document = json.loads(shell('validate', '-o', 'json').out)
    [finding] = [one for one in document['findings'] if one['rule'] == 'RB402']
    line = (mark + '# 🦀\u2028\n' + text).replace('\r\n', '\n').split('\n').index('          maxReplicas: 0') + 1
    assert (finding['line'], finding['column']) == (line, 11)
    assert document['result'] == 'failed'


def test_an_environment_is_checked_with_those_it_shares_with(prod: Path, shell: Shell) -> None:
    assert shell('init', '--env', 'staging', '--shares', 'prod', '--direct').code == 0
    git(prod, 'checkout', '--quiet', 'main')
    file = 'environments/staging/applications/raycluster.yaml'
    edited(prod, 'maxReplicas: 200', 'maxReplicas: 7', file)
    for arguments in (['--since', 'HEAD'], [file], ['--env', 'staging']):
        ran = shell('validate', *arguments)
        assert (ran.code, ran.out) == (0, '')
    edited(prod, 'name: staging-raycluster\n', 'name: prod-raycluster\n', file)
    for arguments in (['--since', 'HEAD'], [file], ['--env', 'staging']):
        ran = shell('validate', *arguments)
        assert ran.code == 4
        assert f'{file}:5:3: RB101 error: prod-raycluster in {RAYCLUSTER}' in ran.out


def test_a_severity_for_no_rule_is_refused(prod: Path, shell: Shell) -> None:
    (prod / 'raybootstrap.yaml').write_text('rules: {RB402: info, RB999: error}\n')
    ran = shell('validate')
    assert ran.code == 1
    assert ran.err.startswith('error: raybootstrap.yaml: rules.RB999: no such rule\nhint: did you mean RB')


def test_what_stands_for_no_rule_is_explained_too(shell: Shell) -> None:
    ran = shell('explain', 'RB100')
    assert ran.code == 0
    assert ran.out.startswith('RB100 error: what cannot be checked\n')


def test_a_name_from_a_file_begins_no_line_and_steers_no_terminal(prod: Path, shell: Shell) -> None:
    edited(prod, 'groupName: standard-worker', r'groupName: "a\n::error::b\e[31m"')
    ran = shell('validate', '--select', 'RB407')
    assert ran.code == 4
    assert r'ray.io/group=a\n::error::b\x1b[31m' in ran.out.splitlines()[0]
    annotation = shell('validate', '--select', 'RB407', '-o', 'github').out
    assert annotation.startswith('::error file=')
    assert r'group=a%0A::error::b\x1b[31m' in annotation


@pytest.mark.parametrize(
    ('content', 'words'), [(b'\xff\xfe', 'is not UTF-8 (byte 0)'), (b'#' * (1 << 21), 'is larger than 1048576 bytes')]
)
def test_a_file_that_is_no_text_is_a_finding_among_others(prod: Path, shell: Shell, content: bytes, words: str) -> None:
    (prod / RAYCLUSTER).write_bytes(content)
    edited(prod, 'skipCrds: true', 'skipCrds: false', 'environments/prod/applications/ray-operator.yaml')
    for arguments in ([], [RAYCLUSTER]):
        ran = shell('validate', *arguments)
        assert ran.code == 4
        assert f'{RAYCLUSTER}:1:1: RB100 error: {words}' in ran.out
    assert 'RB205 error: ' in shell('validate').out


def test_the_work_tree_is_read_unless_a_revision_is_named(prod: Path, shell: Shell) -> None:
    edited(prod, 'maxReplicas: 200', 'maxReplicas: 0')
    assert shell('validate').code == 4
    assert shell('validate', '--rev', 'HEAD').code == 0
    assert shell('validate', '--rev', 'nope').code == 2


def test_rules_are_selected_ignored_graded_and_waived(prod: Path, shell: Shell) -> None:
    edited(prod, 'maxReplicas: 200', 'maxReplicas: 0')
    rules = {one['rule'] for one in json.loads(shell('validate', '-o', 'json').out)['findings']}
    assert 'RB402' in rules
    assert shell('validate', '--select', 'RB302').code == 0
    assert shell('validate', *(f'--ignore={rule}' for rule in rules)).code == 0
    assert shell('validate', '--select', 'RB999').code == 2
    (prod / 'raybootstrap.yaml').write_text('rules:\n' + ''.join(f'  {rule}: warning\n' for rule in rules))
    assert shell('validate').code == 0
    assert shell('validate', '--strict').code == 4
    (prod / 'raybootstrap.yaml').unlink()
    waiver = f'maxReplicas: 0 # raybootstrap: ignore {", ".join(sorted(rules))} because a test'
    edited(prod, 'maxReplicas: 0', waiver)
    waived = json.loads(shell('validate', '-o', 'json').out)['findings']
    assert [one['waived'] for one in waived if one['rule'] == 'RB402'] == ['a test']


def test_a_waiver_that_matches_nothing_is_a_warning_where_all_is_checked(prod: Path, shell: Shell) -> None:
    waiver = 'maxReplicas: 200 # raybootstrap: ignore RB402 because of old'
    edited(prod, 'maxReplicas: 200', waiver)
    ran = shell('validate', '--strict')
    assert ran.code == 4
    assert 'waiver warning: this comment waives nothing: there is no finding of RB402 here' in ran.out
    for arguments in (['--env', 'prod'], ['--select', 'RB402'], ['--ignore', 'RB101'], [RAYCLUSTER], ['--since=HEAD']):
        assert shell('validate', *arguments).out == ''
    edited(prod, 'RB402 because', 'RB701 because')
    assert shell('validate').out == ''
    edited(prod, 'RB701 because', 'RB402 because')
    (prod / 'raybootstrap.yaml').write_text('rules: {RB402: off}\n')
    assert shell('validate').out == ''


def test_versions_are_compared_across_environments(prod: Path, shell: Shell) -> None:
    assert shell('init', '--env', 'staging', '--shares', 'prod', '--direct').code == 0
    git(prod, 'checkout', '--quiet', 'main')
    file = 'environments/staging/applications/raycluster.yaml'
    edited(prod, 'targetRevision: 1.7.0', 'targetRevision: 1.6.2', file)
    for arguments in ([], ['--since', 'HEAD'], [file], ['--env', 'staging']):
        ran = shell('validate', *arguments)
        assert ran.out.count('RB602 warning: the chart 1.6.2 ignores newer values') == 1
    edited(prod, 'targetRevision: 1.6.2', 'targetRevision: 1.7.0', file)
    operator = 'environments/prod/applications/ray-operator.yaml'
    edited(prod, 'targetRevision: 1.7.0', 'targetRevision: 1.6.2', operator)
    found = json.loads(shell('validate', '--since', 'HEAD', '-o', 'json').out)['findings']
    assert sorted(one['file'] for one in found if one['rule'] == 'RB602') == [RAYCLUSTER, file]


def test_an_upgrade_looks_at_those_who_share_the_operator(prod: Path, shell: Shell) -> None:
    assert shell('init', '--env', 'staging', '--shares', 'prod', '--direct').code == 0
    git(prod, 'checkout', '--quiet', 'main')
    context, trees = Context(), []
    for revision in ('1.7.0', '1.6.2'):
        edited(prod, 'targetRevision: 1.7.0', f'targetRevision: {revision}', OPERATOR)
        now = Tree(WorkTreeSource(prod))
        trees.append(Tree(Files({path: now[path] for path in now.files('environments')})))
    new = gate.findings(trees[0], trees[1], [Environment('prod')], context, {}).new
    assert sorted(one.file for one in new if one.rule == 'RB602') == [
        RAYCLUSTER,
        'environments/staging/applications/raycluster.yaml',
    ]


def test_a_path_without_environments_is_said(prod: Path, shell: Shell) -> None:
    ran = shell('validate', '--path', 'typo')
    assert (ran.code, ran.out) == (2, '')
    assert ran.err.startswith("error: --path 'typo': holds no environment\nhint: ")
    (prod / 'raybootstrap.yaml').write_text('path: typo\n')
    ran = shell('validate')
    assert ran.code == 2
    assert ran.err.startswith("error: raybootstrap.yaml: path 'typo': holds no environment\n")
    assert shell('validate', '--path', '.').code == 0
    assert shell('validate', '--path', '.', '--since', 'HEAD').err == '0 files: nothing found\n'


def test_no_environment_at_all_is_said(folder: Path, shell: Shell) -> None:
    ran = shell('validate')
    assert (ran.code, ran.out, ran.err) == (0, '', 'no environments here\n0 files: nothing found\n')


def test_since_adds_the_rules_about_the_change(prod: Path, shell: Shell) -> None:
    shell('add-group', 'gpu', '--cpu', '8', '--memory', '64Gi', '--max', '8')
    git(prod, 'merge', '--quiet', 'raybootstrap/add-group-prod/gpu')
    base = git(prod, 'rev-parse', 'HEAD').strip()
    assert shell('validate', '--since', base).code == 0
    text = (prod / RAYCLUSTER).read_text()
    commit(prod, {RAYCLUSTER: text.replace('          gpu:', '          gpus:')}, 'Rename the group')
    for arguments in (('--since', base), ('--since', base, '--rev', 'HEAD')):
        ran = shell('validate', *arguments)
        assert ran.code == 4
        assert 'RB701 error' in ran.out
    git(prod, 'commit', '--quiet', '--amend', '--message', 'Rename\n\nRaybootstrap-Allow: RB701=nothing runs there')
    ran = shell('validate', '--since', base)
    assert ran.code == 0
    assert '(let through: nothing runs there)' in ran.err


def test_machines_read_findings_in_their_own_forms(prod: Path, shell: Shell) -> None:
    edited(prod, 'maxReplicas: 200', 'maxReplicas: 0')
    annotations = shell('validate', '-o', 'github').out
    assert annotations.startswith(f'::error file={RAYCLUSTER},line=')
    assert 'title=RB402::' in annotations
    sarif = json.loads(shell('validate', '-o', 'sarif').out)
    assert sarif['version'] == '2.1.0'
    [run] = sarif['runs']
    rules = run['tool']['driver']['rules']
    for result in run['results']:
        assert rules[result['ruleIndex']]['id'] == result['ruleId']
        region = result['locations'][0]['physicalLocation']['region']
        assert region['startLine'] >= 1
    junit = ET.fromstring(shell('validate', '-o', 'junit').out)
    assert int(junit.get('failures', '0')) >= 1
    assert len(junit.findall('.//failure')) == int(junit.get('failures', '0'))


def test_files_outside_of_any_environment_are_checked_too(folder: Path, shell: Shell) -> None:
    if not GUIDE.exists():
        pytest.skip('the guide is not here')
    (folder / 'all.yaml').write_bytes((GUIDE / 'ray-argocd-all.yaml').read_bytes())
    ran = shell('validate', 'all.yaml', '-o', 'json')
    assert ran.code == 4
    rules = {one['rule'] for one in json.loads(ran.out)['findings']}
    assert {'RB104', 'RB201', 'RB207', 'RB415', 'RB419', 'RB422', 'RB602'} <= rules


def test_other_peoples_applications_are_none_of_our_business(folder: Path, shell: Shell) -> None:
    if not CORPUS.exists():
        pytest.skip('the corpus is not here')
    for path in CORPUS.glob('*.y*ml'):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / 'chart' / 'templates').mkdir(parents=True)
    (folder / 'chart' / 'templates' / 'x.yaml').write_text('{{- if .Values.x }}\na: {{ .b }}\n{{- end }}\n')
    ran = shell('validate', '.')
    assert (ran.code, ran.out) == (0, '')


def test_a_file_that_is_no_yaml_is_a_finding(prod: Path, shell: Shell) -> None:
    edited(prod, '  destination:', '  - destination:')
    ran = shell('validate')
    assert ran.code == 4
    assert 'RB100 error' in ran.out


def test_a_root_that_is_no_yaml_is_a_finding_among_others_and_no_removal(prod: Path, shell: Shell) -> None:
    operator = (prod / OPERATOR).read_text().replace('skipCrds: true', 'skipCrds: false')
    root = 'environments/prod/root.yaml'
    commit(prod, {OPERATOR: operator, root: (prod / root).read_text() + 'a: b: c\n'})
    for arguments in ([], ['--since', 'HEAD~']):
        ran = shell('validate', *arguments, '-o', 'json')
        assert ran.code == 4
        found = {one['rule'] for one in json.loads(ran.out)['findings']}
        assert {'RB100', 'RB205'} <= found
        assert 'RB709' not in found
    ran = shell('add-group', 'gpu', '--env', 'prod', '--cpu', '1', '--memory', '1Gi', '--max', '1')
    assert ran.code == 1
    assert f'{root}:33: is not valid YAML' in ran.err


@pytest.mark.parametrize(
    ('arguments', 'code', 'words'),
    [
        (('validate', 'nope.yaml'), 2, 'nope.yaml: no such file'),
        (('validate', '/etc/hosts'), 2, 'is outside of'),
        (('validate', '--env', 'nope'), 1, 'no such environment'),
        (('validate', '-o', 'xml'), 2, 'text, json, github, sarif, junit'),
        (('validate', 'README.md', '--since', 'HEAD'), 2, 'paths'),
        (('explain', 'RB999'), 2, 'no such rule'),
        (('explain',), 2, 'RULE'),
    ],
)
def test_wrong_words_are_usage_errors(
    prod: Path, shell: Shell, arguments: tuple[str, ...], code: int, words: str
) -> None:
    ran = shell(*arguments)
    assert ran.code == code
    assert words in ran.err


def test_explain_says_what_why_and_how(shell: Shell) -> None:
    ran = shell('explain', 'rb302')
    assert ran.code == 0
    assert ran.out.startswith('RB302 error: RespectIgnoreDifferences=true on worker groups\n')
    assert 'To mend it: ' in ran.out
    assert 'Known from: ' in ran.out
    assert json.loads(shell('explain', 'RB302', '-o', 'json').out)['rule'] == 'RB302'


def test_a_change_that_would_not_work_is_refused_unless_allowed(prod: Path, shell: Shell) -> None:
    arguments = (
        'add-group',
        'gpu',
        '--cpu',
        '8',
        '--memory',
        '64Gi',
        '--max',
        '8',
        '--image',
        'docker.io/rayproject/ray:2.40.0',
    )
    refs = git(prod, 'for-each-ref')
    refused = shell(*arguments)
    assert refused.code == 1
    assert f'{RAYCLUSTER}:' in refused.err
    assert 'RB424 error' in refused.err
    assert '--allow RB424=REASON' in refused.err
    assert git(prod, 'for-each-ref') == refs
    assert shell(*arguments, '--allow', 'RB999=x').code == 2
    allowed = shell(*arguments, '--allow', 'RB424=a test of versions')
    assert allowed.code == 0
    assert '(let through: a test of versions)' in allowed.out
    body = git(prod, 'log', '-1', '--format=%B', 'raybootstrap/add-group-prod/gpu')
    assert 'Raybootstrap-Allow: RB424=a test of versions' in body


def test_a_number_that_changes_makes_no_error_new() -> None:
    trees = []
    for maximum in (7, 6):
        text = skeletons.read('environment/applications/raycluster.yaml')
        text = text.replace('minReplicas: 1\n', 'minReplicas: 9\n').replace(
            'maxReplicas: 200', f'maxReplicas: {maximum}'
        )
        root = skeletons.read('environment/root.yaml')
        files = {'environments/example/root.yaml': root, 'environments/example/applications/raycluster.yaml': text}
        trees.append(Tree(Files(files)))
    found = gate.findings(trees[0], trees[1], [Environment('example')], Context(), {})
    assert [one.rule for one in found.new if one.severity == 'error'] == []
    assert [one.message for one in found.known if one.rule == 'RB404'] == [
        'minReplicas 9 is more than maxReplicas 6: the operator rejects the RayCluster'
    ]


def test_what_was_wrong_before_stops_nobody(prod: Path, shell: Shell) -> None:
    text = (prod / RAYCLUSTER).read_text().replace('maxReplicas: 200', 'maxReplicas: 0')
    commit(prod, {RAYCLUSTER: text})
    ran = shell('add-group', 'gpu', '--cpu', '8', '--memory', '64Gi', '--max', '8')
    assert ran.code == 0
    assert '(as before)' in ran.out


def test_a_second_owner_of_a_kubernetes_cluster_is_seen_across_environments(prod: Path, shell: Shell) -> None:
    for number, path in enumerate(sorted((prod / 'environments/prod').rglob('*.yaml'))):
        target = prod / str(path.relative_to(prod)).replace('prod', 'dev')
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text().replace('prod-ray', 'dev-ray').replace('environment: prod', 'environment: dev')
        target.write_text(text.replace('environments/prod', 'environments/dev').replace('ray-prod', 'ray-dev'))
        assert number < 10
    ran = shell('validate')
    assert ran.code == 4
    assert 'RB108 error' in ran.out


def test_fix_mends_each_rule_in_a_commit_of_its_own(prod: Path, shell: Shell) -> None:
    text = (prod / RAYCLUSTER).read_text().replace('maxReplicas: 200', 'maxReplicas: 0 # none')
    text = text.replace('    syncOptions:\n', '    syncOptions:\n      - RespectIgnoreDifferences=true\n')
    text = text.replace('          minReplicas: 1\n', '          minReplicas: 0\n').replace(
        'replicas: 1 #', 'replicas: 0 #'
    )
    commit(prod, {RAYCLUSTER: text})
    assert {'RB302', 'RB402'} <= {one['rule'] for one in json.loads(shell('validate', '-o', 'json').out)['findings']}
    ran = shell('fix')
    assert ran.code == 0, ran.err
    branch = 'raybootstrap/fix-prod'
    subjects = git(prod, 'log', '--reverse', '--format=%s', f'main..{branch}').splitlines()
    assert [subject.split(':')[0] for subject in subjects] == ['Mend RB302', 'Mend RB402']
    assert git(prod, 'diff', '--numstat', 'main', branch).split() == ['1', '2', RAYCLUSTER]
    assert 'maxReplicas: "0" # none' in git(prod, 'show', f'{branch}:{RAYCLUSTER}')
    assert shell('fix').out == f'Nothing to do: {branch} holds it already.\n'
    git(prod, 'merge', '--quiet', branch)
    assert shell('fix').out == 'Nothing to do: main is as asked.\n'
    assert shell('fix', '--select', 'RB999').code == 2
