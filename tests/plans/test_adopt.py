"""What is adopted: cut out, placed, and fitted in."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from bootstrap import handover, live_fields, manifest, mending
from bootstrap.adoption import Given
from bootstrap.context import Context
from bootstrap.cutting import cut
from bootstrap.errors import BootstrapError
from bootstrap.layout import Environment
from bootstrap.plans import adopt
from bootstrap.rules.rule import Severity
from bootstrap.settings import Settings
from bootstrap.tree import Files, Tree, changes

URL = 'https://git.example.com/acme/ray.git'
PROD = Environment('prod')
CONTEXT = Context(remote_url=URL)
EMPTY = Tree(Files({}))
GUIDE = Path(__file__).parents[3] / 'shared' / 'guide'
GUIDES = [['ray-argocd-all.yaml'], ['ray-operator-crds.yaml', 'ray-operator.yaml', 'raycluster.yaml']]
needs_the_guide = pytest.mark.skipif(not GUIDE.is_dir(), reason='the guide is not here')

RAYCLUSTER = """\
# For the research team.
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: research # of 2024
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://ray-project.github.io/kuberay-helm/
    chart: ray-cluster
    targetRevision: 1.5.1
    helm:
      valuesObject:
        image: {repository: rayproject/ray, tag: latest-gpu}
  destination:
    name: west
    namespace: research
"""
BARE = """\
apiVersion: ray.io/v1
kind: RayCluster
metadata:
  name: small # the name
  namespace: team
spec:
  headGroupSpec: {}
"""
CONFIG_MAP = 'kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: notes\n'


def given(*texts: str) -> list[Given]:
    return [Given(f'{number}.yaml', text) for number, text in enumerate(texts, 1)]


def guide(names: list[str]) -> list[Given]:
    return [Given(name, (GUIDE / name).read_text()) for name in names]


def errors(tree: Tree, context: Context = CONTEXT) -> list[str]:
    return [one.rule for one in mending.findings(tree, PROD, context) if one.severity is Severity.ERROR]


def comments(*texts: str | None) -> list[str]:
    return sorted(comment for text in texts if text is not None for _, comment in manifest.comments(text))


@pytest.mark.parametrize('newline', ['\n', '\r\n'])
def test_documents_are_cut_out_with_their_comments(newline: str) -> None:
    text = (
        '# top\n\n---  # one\n\n# a\na: 1\n  # in a\n# for b\n\n---\n# b\nb: |+\n  x # no\n\n\n'
        '---\n# nothing\n---\nc: 3\n# end\n...\n'
    )
    assert [(one.line, one.text.replace('\r', '')) for one in cut(text.replace('\n', newline))] == [
        (6, '# top\n# one\n\n# a\na: 1\n  # in a\n'),
        (12, '# for b\n# b\nb: |+\n  x # no\n\n\n'),
        (19, '# nothing\nc: 3\n# end\n'),
    ]


@pytest.mark.parametrize(
    ('text', 'parts'),
    [
        ('', []),
        ('# only\n', []),
        ('\n--- # x\na: 1\n\n', ['\n--- # x\na: 1\n\n']),
        ('--- {a: 1}\n--- |\n x', ['--- {a: 1}\n', '--- |\n x']),
        ('%YAML 1.1\n---\na: 1\n...\n%YAML 1.1\n---\nb: 2', ['%YAML 1.1\n---\na: 1\n', '%YAML 1.1\n---\nb: 2\n']),
    ],
)
def test_odd_streams(text: str, parts: list[str]) -> None:
    assert [one.text for one in cut(text)] == parts


def test_what_the_server_sets_is_left_out() -> None:
    live = BARE.replace(
        '  namespace: team\n',
        '  namespace: team\n  uid: x\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: "{}"\n'
        '  managedFields: [{manager: kubectl}]\n',
    )
    assert live_fields.without(live + 'status: {state: ready}\n') == BARE


@needs_the_guide
@pytest.mark.parametrize('names', GUIDES)
def test_the_guides_files_keep_every_value_and_comment(names: list[str]) -> None:
    files = guide(names)
    tree = adopt.plan(EMPTY, CONTEXT, 'prod', files)
    placed = [tree[file] for file in (PROD.crds, PROD.operator, PROD.raycluster())]
    assert [manifest.get(text, ()) for text in placed] == [
        document.data for one in files for document in manifest.load(one.text)
    ]
    assert comments(*placed) == comments(*(one.text for one in files))
    assert [one.path for one in changes(EMPTY, tree)] == sorted(
        [PROD.crds, PROD.operator, PROD.raycluster(), PROD.projects, PROD.root]
    )
    assert manifest.get(tree[PROD.root], ('spec', 'source', 'repoURL')) == URL
    assert errors(tree) == ['RB201']


@needs_the_guide
@pytest.mark.parametrize('protected', [False, True])
@pytest.mark.parametrize('names', GUIDES)
def test_fix_all_leaves_no_error(names: list[str], protected: bool) -> None:
    context = Context(remote_url=URL, settings=Settings(environments={'prod': {'protected': protected}}))
    tree = adopt.plan(EMPTY, context, 'prod', guide(names))
    fixed = adopt.fix(tree, context, 'prod', guide(names), None)
    assert errors(fixed, context) == []
    text = fixed[PROD.raycluster()]
    assert manifest.get(text, ('metadata', 'name')) == 'prod-raycluster'
    assert manifest.get(text, ('spec', 'project')) == 'prod-ray'
    assert manifest.get(text, ('spec', 'source', 'targetRevision')) == '1.5.1'
    assert manifest.get(fixed[PROD.operator], ('spec', 'source', 'helm', 'releaseName')) == 'ray-operator'
    files = (PROD.crds, PROD.operator, PROD.raycluster())
    assert comments(*(fixed[file] for file in files)) == comments(*(tree[file] for file in files))
    assert adopt.fix(fixed, context, 'prod', guide(names), None) == fixed


def test_only_the_rules_asked_for_are_mended() -> None:
    files = given(RAYCLUSTER)
    tree = adopt.plan(EMPTY, CONTEXT, 'prod', files)
    fixed = adopt.fix(tree, CONTEXT, 'prod', files, ['RB104'])
    before, after = tree[PROD.raycluster()], fixed[PROD.raycluster()]
    assert after == before.replace('project: default', 'project: prod-ray')
    kept = adopt.fix(tree, CONTEXT, 'prod', files, ['RB422', 'RB102'], keep_names=True)
    assert kept[PROD.raycluster()] == before.replace('latest-gpu', '2.52.0-gpu')


def test_a_project_that_does_not_permit_it_is_not_put() -> None:
    tree = adopt.plan(EMPTY, CONTEXT, 'prod', given(RAYCLUSTER))
    other = given(
        RAYCLUSTER.replace('namespace: research', 'namespace: elsewhere').replace('name: research', 'name: b')
    )
    tree = adopt.plan(tree, CONTEXT, 'prod', other)
    fixed = adopt.fix(tree, CONTEXT, 'prod', other, None)
    assert manifest.get(fixed[PROD.raycluster('b')], ('spec', 'project')) == 'default'
    assert errors(fixed) == []


def test_a_renamed_application_keeps_its_release() -> None:
    files = given(RAYCLUSTER)
    tree = adopt.fix(adopt.plan(EMPTY, CONTEXT, 'prod', files), CONTEXT, 'prod', files, ['RB102'])
    text = tree[PROD.raycluster()]
    assert '  name: prod-research # of 2024\n' in text
    assert '    helm:\n      releaseName: research\n      valuesObject:\n' in text


def test_a_fix_that_would_bring_an_error_is_passed_over() -> None:
    files = given(
        RAYCLUSTER.replace('valuesObject:\n', 'valuesObject:\n        worker: {minReplicas: 1, maxReplicas: 0}\n')
    )
    tree = adopt.plan(EMPTY, CONTEXT, 'prod', files)
    assert errors(tree) == ['RB402']
    fixed = adopt.fix(tree, CONTEXT, 'prod', files, None)
    assert errors(fixed) == ['RB402']
    assert 'maxReplicas: 0}' in fixed[PROD.raycluster()] or 'maxReplicas: 0,' in fixed[PROD.raycluster()]


def test_an_image_of_ones_own_is_not_guessed_at() -> None:
    files = given(RAYCLUSTER.replace('rayproject/ray', 'acme/ray'))
    tree = adopt.plan(EMPTY, CONTEXT, 'prod', files)
    assert adopt.fix(tree, CONTEXT, 'prod', files, ['RB422']) == tree


def test_the_projects_permit_what_is_adopted() -> None:
    tree = adopt.plan(EMPTY, CONTEXT, 'prod', given(RAYCLUSTER))
    [ray, root] = [document.data for document in manifest.load(tree[PROD.projects])]
    assert ray['spec']['destinations'] == [{'name': 'west', 'namespace': 'research'}]
    assert root['metadata']['name'] == 'prod-ray-root'
    labels = manifest.get(tree[PROD.root], ('metadata', 'labels'))
    assert labels == {'raybootstrap.dev/environment': 'prod', 'raybootstrap.dev/kubernetes-cluster': 'west'}


def test_further_rayclusters_have_names() -> None:
    texts = [RAYCLUSTER.replace('name: research', f'name: {name}') for name in ('gpu', 'raycluster', 'prod-tpu')]
    tree = adopt.plan(EMPTY, CONTEXT, 'prod', given('---\n'.join(texts)))
    assert [file.rpartition('/')[2] for file in PROD.rayclusters(tree)] == [
        'raycluster.yaml',
        'raycluster-gpu.yaml',
        'raycluster-tpu.yaml',
    ]
    assert manifest.get(tree[PROD.raycluster()], ('metadata', 'name')) == 'raycluster'
    assert adopt.plan(tree, CONTEXT, 'prod', given('---\n'.join(texts))) == tree
    more = adopt.plan(tree, CONTEXT, 'prod', given(RAYCLUSTER))
    assert [one.path for one in changes(tree, more)] == [PROD.raycluster('research')]


def test_a_bare_raycluster_gets_an_application_for_its_folder() -> None:
    tree = adopt.plan(EMPTY, CONTEXT, 'prod', given(BARE))
    assert tree['environments/prod/rayclusters/small.yaml'] == BARE
    text = tree['environments/prod/applications/bare-rayclusters.yaml']
    assert manifest.get(text, ('metadata', 'name')) == 'prod-rayclusters'
    assert manifest.get(text, ('spec', 'source')) == {
        'repoURL': URL,
        'targetRevision': 'main',
        'path': 'environments/prod/rayclusters',
        'directory': {'recurse': False},
    }
    assert manifest.get(text, ('spec', 'destination', 'namespace')) == 'team'
    assert errors(tree) == []
    assert adopt.plan(tree, CONTEXT, 'prod', given(BARE)) == tree
    other = BARE.replace('small', 'other').replace('  namespace: team\n', '')
    more = adopt.plan(tree, CONTEXT, None, given(other))
    assert [one.path for one in changes(tree, more)] == [PROD.projects, 'environments/prod/rayclusters/other.yaml']


def test_only_autoscaled_rayclusters_have_replicas_ignored() -> None:
    file, path = 'environments/prod/applications/bare-rayclusters.yaml', ('spec', 'ignoreDifferences')
    tree = adopt.plan(EMPTY, CONTEXT, 'prod', given(BARE))
    assert 'ignoreDifferences' not in tree[file]
    assert 'autoscaler' not in tree[file]
    scaled = [BARE.replace('small', name).replace('spec:', 'spec:\n  enableInTreeAutoscaling: true') for name in 'ab']
    for number, text in enumerate(scaled, 1):
        tree = adopt.plan(tree, CONTEXT, 'prod', given(text))
        assert [one['name'] for one in manifest.get(tree[file], path)] == ['a', 'b'][:number]
    assert "    # The autoscaler owns these; everything else is Git's.\n    - group: ray.io\n" in tree[file]
    assert adopt.plan(tree, CONTEXT, 'prod', given(*scaled)) == tree
    assert adopt.plan(EMPTY, CONTEXT, 'prod', given(BARE, *scaled))[file] == tree[file]


def test_an_application_of_several_sources_is_left_out_and_named() -> None:
    several = RAYCLUSTER.replace('research #', 'several #').replace('  source:\n    repoURL', '  sources:\n  - repoURL')
    several = several.replace('metadata:\n', 'metadata:\n  labels: {raybootstrap.dev/environment: prod}\n')
    files = given(f'{several}---\n{RAYCLUSTER}')
    tree = adopt.plan(EMPTY, CONTEXT, 'prod', files)
    assert tree[PROD.raycluster()] == RAYCLUSTER
    notes = list(handover.notes(EMPTY, tree, PROD, files))
    words = 'an Application of several sources, into which no rule looks: give it one, as spec.source'
    assert notes[0] == f'Left out: 1.yaml:2 Application several, {words}.'
    with pytest.raises(BootstrapError, match='nothing that can be placed'):
        adopt.plan(EMPTY, CONTEXT, 'prod', given(several))


def test_a_file_of_the_repository_is_moved() -> None:
    before = Tree(Files({'deploy/ray.yaml': f'{RAYCLUSTER}---\n{CONFIG_MAP}', 'environments/prod/a.yaml': BARE}))
    files = [Given(path, before[path], path) for path in ('deploy/ray.yaml', 'environments/prod/a.yaml')]
    tree = adopt.plan(before, CONTEXT, 'prod', files)
    assert tree['deploy/ray.yaml'] == CONFIG_MAP
    assert 'environments/prod/a.yaml' not in tree
    assert tree[PROD.raycluster()] == RAYCLUSTER


def test_a_folder_of_somebody_else_is_refused() -> None:
    before = Tree(Files({'environments/prod/a.yaml': CONFIG_MAP}))
    with pytest.raises(BootstrapError, match='is no environment of raybootstrap'):
        adopt.plan(before, CONTEXT, 'prod', given(BARE))


@pytest.mark.parametrize(
    ('text', 'words'),
    [
        (CONFIG_MAP, '1.yaml: holds ConfigMap notes, and nothing that can be placed'),
        ('', '1.yaml: holds no object'),
        ('a: [', '1.yaml:1: is not valid YAML'),
        ('- kind: RayCluster\n', 'holds no kind'),
        (BARE.replace('name: small', 'name: [small]'), '1.yaml:1: RayCluster has no metadata.name'),
        (BARE.replace('name: small', 'name: ../small'), '1.yaml:1: RayCluster has no metadata.name'),
        (BARE.replace('metadata:', 'metadata: null\nx:'), '1.yaml:1: RayCluster has no metadata.name'),
        (f'{BARE}---\n{BARE.replace("spec", "other")}', '1.yaml:9: RayCluster small would go to'),
    ],
)
def test_what_is_refused(text: str, words: str) -> None:
    with pytest.raises(BootstrapError) as refused:
        adopt.plan(EMPTY, CONTEXT, 'prod', given(text))
    assert words in refused.value.message


@pytest.mark.parametrize('odd', ['null', '[]', '7', '{a: [1]}', 'text', '[null, {}]'])
@pytest.mark.parametrize('path', ['metadata', 'spec', 'source', 'helm', 'valuesObject', 'image', 'destination'])
def test_odd_types_are_survived(path: str, odd: str) -> None:
    document = manifest.load(RAYCLUSTER)[0].data
    places = {
        'source': ('spec', 'source'),
        'destination': ('spec', 'destination'),
        'helm': ('spec', 'source', 'helm'),
        'valuesObject': ('spec', 'source', 'helm', 'valuesObject'),
        'image': ('spec', 'source', 'helm', 'valuesObject', 'image'),
    }
    assert document
    text = manifest.put(RAYCLUSTER, places.get(path, (path,)), manifest.get(odd, ()))
    with contextlib.suppress(BootstrapError):
        tree = adopt.plan(EMPTY, CONTEXT, 'prod', given(text))
        adopt.fix(tree, CONTEXT, 'prod', given(text), None)


def test_however_much_there_is_to_mend_it_is_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mending, '_ROUNDS', 1)
    groups = ''.join(f'          g{number}: {{maxReplicas: 0}}\n' for number in range(9))
    text = RAYCLUSTER.replace('  destination:\n', f'        additionalWorkerGroups:\n{groups}  destination:\n')
    tree = adopt.plan(EMPTY, CONTEXT, 'prod', given(text))
    after = mending.mended(tree, PROD, CONTEXT, rules={'RB402'})
    assert (errors(tree).count('RB402'), errors(after).count('RB402')) == (9, 0)
