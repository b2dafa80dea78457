import pytest
from cases import ERROR, INFO, WARNING, Case, hold
from examples import GROUP, GROUPS, VALUES, Edit, drop, found, put, scope

from bootstrap import manifest

WORKER = (*VALUES, 'worker')
RELEASE = ('spec', 'source', 'helm', 'releaseName')
NAME = ('metadata', 'name')
FULL = (*VALUES, 'fullnameOverride')
NO_FULL = drop(*FULL)
NO_RELEASE = drop(*RELEASE)
ELSEWHERE = put('spec', 'source', 'helm', 'valueFiles', value=['values.yaml'])
SMALL = (*GROUPS, 'smallGroup')


def group(name: str, **values: object) -> Edit:
    return put(*GROUPS, name, value={**GROUP, **values})


def bare(name: str) -> Edit:
    """A group whose name stands without quotes."""
    return lambda text: group('gpu')(text).replace('\n          gpu:', f'\n          {name}:')


def named(value: object) -> Edit:
    return put(*WORKER, 'groupName', value=value)


def groups_case(name: str, severity: object, message: str) -> Case:
    key = manifest.dump(name).rstrip()
    return Case('RB407', {'raycluster': group(name)}, f'{key}:', (*GROUPS, name), severity, message)  # type: ignore[arg-type]


FAILING = [
    *(groups_case(name, ERROR, 'is no text to YAML') for name in ('10', '0x1f', 'true', 'no', 'null', '~', '1e3')),
    *(
        groups_case(name, ERROR, 'no pod can carry the label')
        for name in ('a_b', 'a' * 64, 'a b', '-a', 'a-', 'ä', 'a/b', '12:30')
    ),
    groups_case('headgroup', ERROR, 'headgroup is the name that KubeRay gives the head group'),
    *(groups_case(name, WARNING, f'the name {name} is changed') for name in ('Gpu', 'GPU', '8gpu', 'a.b')),
    Case('RB407', {'raycluster': bare('10')}, '10:', (*GROUPS, 10), ERROR, 'groupName: 10 is no text'),
    Case('RB407', {'raycluster': bare('yes')}, 'yes:', (*GROUPS, True), ERROR, 'groupName: true is no text'),
    Case('RB407', {'raycluster': bare('~')}, '~:', (*GROUPS, None), ERROR, 'groupName: null is no text'),
    Case('RB407', {'raycluster': named(7)}, 'groupName: 7', (*WORKER, 'groupName'), ERROR, 'groupName: 7 is no text'),
    Case('RB407', {'raycluster': named(None)}, 'groupName: null', (*WORKER, 'groupName'), ERROR, 'null is no text'),
    Case('RB407', {'raycluster': named('')}, 'groupName: ""', (*WORKER, 'groupName'), ERROR, 'is no text'),
    Case('RB407', {'raycluster': named('smallGroup')}, 'groupName: smallGroup', (*WORKER, 'groupName'), WARNING),
    Case(
        'RB408',
        {'raycluster': group('standard-worker')},
        'standard-worker:',
        (*GROUPS, 'standard-worker'),
        ERROR,
        'worker has the name standard-worker too: both groups claim the same pods',
    ),
    Case(
        'RB408',
        {'raycluster': [drop(*WORKER), group('workergroup')]},
        'workergroup:',
        (*GROUPS, 'workergroup'),
        ERROR,
        'both groups claim the same pods',
    ),
    Case(
        'RB408',
        {'raycluster': group('Standard-worker')},
        'Standard-worker:',
        (*GROUPS, 'Standard-worker'),
        WARNING,
        'get names that begin alike',
    ),
    Case(
        'RB409', {'raycluster': group('g' * 32)}, 'g' * 32 + ':', (*GROUPS, 'g' * 32), INFO, '50 of the 51 characters'
    ),
    Case(
        'RB409',
        {'raycluster': named('g' * 32)},
        'groupName: ' + 'g' * 32,
        (*WORKER, 'groupName'),
        INFO,
        '50 of the 51 characters',
    ),
    Case(
        'RB410',
        {'raycluster': group('smallGroup')},
        'smallGroup:',
        SMALL,
        ERROR,
        'smallGroup inherits disabled: true',
        ('+disabled: false',),
    ),
    Case(
        'RB425',
        {'raycluster': [NO_FULL, NO_RELEASE]},
        'helm:',
        ('spec', 'source', 'helm'),
        WARNING,
        'renaming the Application renames the RayCluster example-raycluster-kuberay',
        ('+releaseName: example-raycluster',),
    ),
    Case(
        'RB425',
        {'raycluster': drop('spec', 'source', 'helm')},
        'source:',
        ('spec', 'source'),
        WARNING,
        'renames the RayCluster',
        ('+helm:', '+releaseName: example-raycluster'),
    ),
    *(
        Case('RB426', {'raycluster': put(*FULL, value=name)}, f'{FULL[-1]}: {text}', FULL, ERROR, message)
        for name, text, message in (
            (
                'a' * 54,
                'a' * 54,
                f'the name {"a" * 54} has 54 characters, of which 53 may be: the operator creates no pods',
            ),
            ('A' * 53, 'A' * 53, 'is no DNS label'),
            ('Ray', 'Ray', 'the name Ray is no DNS label: the operator creates no pods'),
            ('1ray', '1ray', 'is no DNS label'),
            ('ray.a', 'ray.a', 'is no DNS label'),
            (123, '123', 'fullnameOverride: 123 is no text: the template fails'),
        )
    ),
    Case(
        'RB426',
        {'raycluster': [NO_FULL, put(*RELEASE, value='r' * 46)]},
        'releaseName: ' + 'r' * 46,
        RELEASE,
        ERROR,
        'has 54 characters',
    ),
    Case(
        'RB426',
        {'raycluster': [NO_FULL, NO_RELEASE, put(*NAME, value='9-ray')]},
        'name: 9-ray',
        NAME,
        ERROR,
        'the name 9-ray-kuberay is no DNS label',
    ),
    Case(
        'RB426',
        {'raycluster': [NO_FULL, put(*VALUES, 'nameOverride', value=True)]},
        'nameOverride: true',
        (*VALUES, 'nameOverride'),
        ERROR,
        'nameOverride: true is no text',
    ),
    Case(
        'RB432',
        {'raycluster': put(*RELEASE, value='r' * 54)},
        'releaseName: ' + 'r' * 54,
        RELEASE,
        ERROR,
        'the release name has 54 characters, of which Helm takes 53',
    ),
    Case('RB432', {'raycluster': put(*RELEASE, value='Ray')}, 'releaseName: Ray', RELEASE, ERROR, 'Helm refuses'),
    Case('RB432', {'raycluster': put(*RELEASE, value='a_b')}, 'releaseName: a_b', RELEASE, ERROR, 'Helm refuses'),
    Case('RB432', {'raycluster': put(*RELEASE, value=12)}, 'releaseName: 12', RELEASE, ERROR, '12 is no text'),
    Case(
        'RB432',
        {'raycluster': [NO_RELEASE, put(*NAME, value='a' * 54)]},
        'name: ' + 'a' * 54,
        NAME,
        ERROR,
        'has 54 characters',
    ),
]


@pytest.mark.parametrize('case', FAILING, ids=lambda case: f'{case.rule}-{case.line[:30]}')
def test_it_is_found_at_its_place_and_mended(case: Case) -> None:
    hold(case)


FINE: list[tuple[str, Edit | list[Edit]]] = [
    *(('RB407', group(name)) for name in ('gpu', 'a-1', 'a' * 63, 'g', 'smallGroup', 'a--b')),
    ('RB407', group('a_b', disabled=True)),
    ('RB407', [named('A_B'), put(*WORKER, 'disabled', value=True)]),
    ('RB407', drop(*WORKER, 'groupName')),
    ('RB408', [group('standard-worker'), put(*WORKER, 'disabled', value=True)]),
    ('RB408', group('standard-worker', disabled=True)),
    ('RB408', group('workergroup')),
    ('RB409', group('g' * 31)),
    ('RB409', named('g' * 31)),
    ('RB409', group('g' * 60, disabled=True)),
    ('RB410', group('smallGroup', disabled=False)),
    ('RB410', group('smallGroup', disabled=True)),
    ('RB410', [group('smallGroup'), ELSEWHERE]),
    ('RB410', put(*SMALL, value=None)),
    ('RB410', group('gpu')),
    ('RB425', NO_RELEASE),
    ('RB425', NO_FULL),
    ('RB425', [NO_RELEASE, NO_FULL, drop(*NAME)]),
    ('RB426', put(*FULL, value='a' * 53)),
    ('RB426', put(*FULL, value='a-1')),
    ('RB426', [NO_FULL, put(*RELEASE, value='r' * 45)]),
    ('RB426', [NO_FULL, put(*RELEASE, value='kuberay' + 'r' * 46)]),
    ('RB426', put(*RELEASE, value='9')),
    ('RB432', put(*RELEASE, value='r' * 53)),
    ('RB432', put(*RELEASE, value='9.a-b')),
    ('RB432', put(*NAME, value='a' * 60)),
    ('RB432', [NO_RELEASE, drop(*NAME)]),
]


@pytest.mark.parametrize(('rule', 'edits'), FINE)
def test_nothing_is_found(rule: str, edits: Edit | list[Edit]) -> None:
    assert found(rule, scope(raycluster=edits)) == []
