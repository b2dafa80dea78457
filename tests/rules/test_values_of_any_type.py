"""The rules about the chart's values survive any type in any place, and find only what they are about."""

from typing import Any

from examples import GROUP, GROUPS, VALUES, put, scope
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reading import junk, with_junk

from bootstrap import kuberay
from bootstrap.rules import check
from bootstrap.rules.resource import Role

SKELETONS = scope(raycluster=[put(*GROUPS, 'gpu', value=GROUP), put(*GROUPS, 'smallGroup', value={'disabled': False})])
OF_GROUPS = sorted(kuberay.group_keys(kuberay.CHARTS[-1]) | {'groupName'})
PLACES: list[tuple[Any, ...]] = [
    (),
    ('metadata', 'name'),
    *(('spec', 'source', *rest) for rest in ((), ('helm',), ('helm', 'releaseName'), ('helm', 'valueFiles'))),
    VALUES,
    *((*VALUES, key) for key in sorted(kuberay.top_keys(kuberay.CHARTS[-1]))),
    *((*VALUES, 'image', key) for key in ('repository', 'tag')),
    (*VALUES, 'common', 'containerEnv'),
    *((*VALUES, 'gcsFaultTolerance', key) for key in ('enabled', 'redisPassword')),
    (*VALUES, 'service', 'type'),
    *((*VALUES, 'head', key) for key in sorted(kuberay.head_keys(kuberay.CHARTS[-1]))),
    *((*VALUES, 'worker', key) for key in OF_GROUPS),
    *((*GROUPS, 'gpu', key) for key in OF_GROUPS),
    *((*GROUPS, name) for name in ('gpu', 'smallGroup')),
    *((*GROUPS, 'gpu', 'resources', kind) for kind in ('limits', 'requests')),
    *((*GROUPS, 'gpu', 'resources', kind, 'google.com/tpu') for kind in ('limits', 'requests')),
    *((*GROUPS, 'gpu', 'rayStartParams', name) for name in ('num-cpus', 'num-gpus', 'memory', 'resources', 1)),
    *((*GROUPS, 'gpu', 'image', key) for key in ('repository', 'tag')),
    (*GROUPS, 'gpu', 'nodeSelector', 'cloud.google.com/gke-tpu-topology'),
    (*GROUPS, 1),
    (*GROUPS, None),
]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PLACES), junk)
@example((*VALUES, 'head', 'containerEnv'), [{'name': 'A_KEY', 'value': {}}, {'name': None}, 'a'])
@example((*VALUES, 'additionalWorkerGroups'), {None: {}, 1.5: {}, True: {'resources': []}, '': {'image': {'tag': []}}})
def test_nothing_is_raised(path: tuple[Any, ...], value: Any) -> None:
    where = with_junk(SKELETONS, Role.RAYCLUSTER, path, value)
    for rule in check.catalogue().values():
        if rule.id.startswith('RB4'):
            for arguments in check._subjects(rule.subject, where):
                for problem in rule.check(*arguments):
                    assert problem.message
                    assert check._finding(rule, problem).line > 0
