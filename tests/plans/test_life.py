"""Any sequence of commands leaves manifests that pass the rules, and what a user commented stays commented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from commented import WAYS, data, lost, with_comment
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from plan_world import EMPTY, URL, saved, texts, tree_of

from bootstrap import gate, layout, validation
from bootstrap import settings as settings_file
from bootstrap.choices import Choices
from bootstrap.context import Context
from bootstrap.errors import BootstrapError
from bootstrap.further_raycluster import Options as Further
from bootstrap.image import Image
from bootstrap.kuberay import CHARTS, Version
from bootstrap.plans import (
    add_group,
    add_raycluster,
    init,
    promote,
    remove_group,
    remove_raycluster,
    rollback,
    set_group,
    set_raycluster,
    upgrade,
)
from bootstrap.plans.fix import Fixing
from bootstrap.promotion import KINDS, Asked
from bootstrap.rules import check
from bootstrap.tree import Tree
from bootstrap.upgrading import STEPS, Upgrade
from bootstrap.validation import Selection
from bootstrap.value_edits import Edits
from bootstrap.worker_group import Options

PART = st.floats(0, 1, exclude_max=True)
COMMENTS = st.lists(st.tuples(PART, PART, st.sampled_from(WAYS)), min_size=8, max_size=20)
Plan = Callable[[Tree, Context], Tree]

NAMES = ('dev', 'staging', 'prod')
ENVIRONMENT = st.sampled_from(NAMES)
ENVIRONMENTS = st.lists(ENVIRONMENT, min_size=1, max_size=2, unique=True)
GROUP = st.sampled_from(['gpu', 'cpu', 'standard-worker'])
RAYCLUSTER = st.sampled_from(['', '', 'batch'])
KUBERAY = st.sampled_from(CHARTS)
RAY = st.none() | st.sampled_from([Version(2, 46, 0), Version(2, 52, 0), Version(2, 53, 0)])
ALLOW = st.sampled_from([(), (), (), ('RB701',), ('RB706',), ('RB709',)])
WORDS = st.dictionaries(st.sampled_from(['a', 'b.io/c']), st.sampled_from(['x', '1', 'yes', 'a: #b']), max_size=2)
COUNTS = st.none() | st.integers(0, 4)
ASKED = st.builds(
    Options,
    min=COUNTS,
    max=COUNTS,
    replicas=COUNTS,
    cpu=st.sampled_from([None, '1', '500m']),
    memory=st.sampled_from([None, '1Gi', '4Gi']),
    gpu=st.sampled_from([None, None, 0, 1]),
    image=st.sampled_from([None, None, Image('acme/ray', '2.53.0')]),
    ray_resource=st.sampled_from([{}, {'a': 1}]),
    node_selector=WORDS,
    env_var=WORDS,
    pod_label=st.sampled_from([{}, {'team': 'a'}]),
    toleration=st.sampled_from([(), ({'key': 'a', 'operator': 'Exists', 'effect': 'NoSchedule'},)]),
)
GROUP_EDITS = st.builds(
    Edits,
    st.sampled_from([(), ((('annotations', 'x'), 'y'),), ((('topologySpreadConstraints',), [{'maxSkew': 1}]),)]),
    st.sampled_from([(), (('nodeSelector',),), (('containerEnv',),), (('tolerations', 0),), (('labels', 'team'),)]),
)
CHART_EDITS = st.builds(
    Edits,
    st.sampled_from([(), ((('head', 'annotations', 'x'), 'y'),), ((('service', 'type'), 'ClusterIP'),)]),
    st.sampled_from([(), (('head', 'annotations'),), (('head', 'autoscalerOptions'),), (('imagePullSecrets',),)]),
)
CHOICES = st.builds(
    Choices,
    kuberay_version=st.none() | KUBERAY,
    ray_version=RAY,
    image=st.sampled_from([None, None, Image('acme/ray', '2.52.0-py311-gpu')]),
    destination=st.sampled_from([None, None, {'name': 'other'}, {'server': 'https://k8s.example.com'}]),
    sync=st.sampled_from([None, None, 'manual', 'auto']),
    groups=st.sampled_from([(), ('gpu',)]),
)
INIT = st.builds(
    init.Options,
    CHOICES,
    like=st.none() | ENVIRONMENT,
    shares=st.sampled_from([None, None, None, 'dev', 'prod']),
    root=st.sampled_from([None, None, True, False]),
    operator=st.sampled_from([None, None, True, False]),
    crds=st.sampled_from([None, None, 'separate', 'with-operator']),
)
SETTING = st.builds(
    set_raycluster.Options,
    image=st.sampled_from([None, None, Image('acme/ray', '2.53.0')]),
    ray_version=RAY,
    head_cpu=st.sampled_from([None, '2']),
    head_memory=st.sampled_from([None, '8Gi']),
    idle_timeout=st.sampled_from([None, 60]),
    autoscaler=st.sampled_from([None, 'v1', 'v2', 'off']),
    pull_secret=st.sampled_from([None, 'registry']),
    edits=CHART_EDITS,
)


class Life(RuleBasedStateMachine):
    """A repository from its first environment on; a step that is refused is not merged."""

    @initialize(version=KUBERAY, number=st.integers(1, 3), together=st.booleans(), comments=COMMENTS)
    def start(self, version: Version, number: int, together: bool, comments: list[tuple[float, float, str]]) -> None:
        self.tree, self.users, self.past = EMPTY, set[str](), list[Tree]()
        for name in NAMES[:number]:
            own = Choices(kuberay_version=version, destination={'name': f'k8s-{name}'})
            shared = init.Options(shares=NAMES[0]) if together and self.past else init.Options(own)
            self.step(partial(init.plan, names=[name], options=shared))
        assert len(self.past) == number
        self._put(comments)

    @rule(comments=COMMENTS)
    def comment(self, comments: list[tuple[float, float, str]]) -> None:
        self._put(comments)

    def _put(self, comments: list[tuple[float, float, str]]) -> None:
        files = texts(self.tree)
        paths = [path for path in files if path.startswith('environments/') and path.endswith('.yaml')]
        for file, line, way in comments:
            path, comment = paths[int(file * len(paths))], f'# by a user: {len(self.users)}.'
            if text := with_comment(files[path], line, comment, way):
                self.users.add(comment)
                files[path] = text
        self.tree = tree_of(files)

    @rule(names=ENVIRONMENTS, options=INIT)
    def init(self, names: list[str], options: init.Options) -> None:
        self.step(partial(init.plan, names=names, options=options))

    @rule(names=ENVIRONMENTS, name=GROUP, options=ASKED, raycluster_name=RAYCLUSTER)
    def add_group(self, options: Options, **rest: Any) -> None:
        enough = Options(**{**vars(options), 'max': 4, 'cpu': options.cpu or '2', 'memory': options.memory or '2Gi'})
        self.step(partial(add_group.plan, environments=self.those(rest.pop('names')), options=enough, **rest))

    @rule(names=ENVIRONMENTS, name=GROUP, options=ASKED, edits=GROUP_EDITS, raycluster_name=RAYCLUSTER)
    def set_group(self, names: list[str], **rest: Any) -> None:
        self.step(partial(set_group.plan, environments=self.those(names), **rest))

    @rule(names=ENVIRONMENTS, name=GROUP, raycluster_name=RAYCLUSTER, allow=ALLOW, twice=st.booleans())
    def remove_group(self, names: list[str], allow: tuple[str, ...], twice: bool, **rest: Any) -> None:
        for _ in range(2 if twice else 1):
            self.step(partial(remove_group.plan, environments=self.those(names), **rest), allow, again=False)

    @rule(names=ENVIRONMENTS, name=RAYCLUSTER, options=SETTING)
    def set_raycluster(self, names: list[str], **rest: Any) -> None:
        self.step(partial(set_raycluster.plan, environments=self.those(names), **rest))

    @rule(names=ENVIRONMENTS, options=st.builds(Further, ray_version=RAY))
    def add_raycluster(self, names: list[str], options: Further) -> None:
        self.step(partial(add_raycluster.plan, environments=self.those(names), name='batch', options=options))

    @rule(names=ENVIRONMENTS, allow=ALLOW)
    def remove_raycluster(self, names: list[str], allow: tuple[str, ...]) -> None:
        self.step(partial(remove_raycluster.plan, environments=self.those(names), name='batch'), allow, again=False)

    @rule(
        names=ENVIRONMENTS,
        to=st.builds(Upgrade, st.none() | KUBERAY, RAY, st.sampled_from([*STEPS])),
        allow=ALLOW,
        everywhere=st.booleans(),
    )
    def upgrade(self, names: list[str], to: Upgrade, allow: tuple[str, ...], everywhere: bool) -> None:
        self.step(partial(upgrade.plan, names=self.those(names), upgrade=to, everywhere=everywhere), allow)

    @rule(way=st.tuples(ENVIRONMENT, ENVIRONMENT), only=st.lists(st.sampled_from(KINDS), max_size=2, unique=True))
    def promote(self, way: tuple[str, str], only: list[str]) -> None:
        source, target = (self.those([name])[0] for name in way)
        self.step(partial(promote.plan, source=source, target=target, asked=Asked(only)))

    @rule(name=ENVIRONMENT, back=st.integers(0, 9), allow=ALLOW)
    def rollback(self, name: str, back: int, allow: tuple[str, ...]) -> None:
        then = self.past[-1 - back % len(self.past)]
        self.step(partial(rollback.plan, name=self.those([name])[0], revision='then'), allow, then=then)

    @rule()
    def fix(self) -> None:
        def plan(tree: Tree, context: Context) -> Tree:
            fixing = Fixing(())
            for one in check.catalogue():
                tree = fixing.plan(tree, context, rule=one)
            return tree

        self.step(plan)

    def those(self, names: list[str]) -> list[str]:
        """Environments that are there, for any names."""
        there = [one.name for one in layout.environments(self.tree, '')]
        return [*dict.fromkeys(there[NAMES.index(name) % len(there)] for name in names)]

    def step(self, plan: Plan, allow: tuple[str, ...] = (), *, again: bool = True, then: Tree | None = None) -> None:
        before, allowed = self.tree, dict.fromkeys(allow, 'so it is')
        context = Context(
            remote_url=URL, settings=settings_file.load(before), allow=allowed, at=lambda _: then or EMPTY
        )
        try:
            after = saved(plan(before, context))
        except BootstrapError as error:
            event(f'refused: {error.message}')
            return
        environments = list({*layout.environments(before, ''), *layout.environments(after, '')})
        if refusal := gate.findings(before, after, environments, context, allowed).refusal():
            event(f'refused: {refusal.message}')
            return
        if again:
            now = Context(**{**vars(context), 'settings': settings_file.load(after)})
            assert texts(plan(after, now)) == texts(after)
        self._keeps_comments(texts(before), texts(after), texts(then) if then else {})
        self.tree = after
        self.past.append(after)

    def _keeps_comments(self, before: Mapping[str, str], after: Mapping[str, str], then: Mapping[str, str]) -> None:
        # What a roll-back changes is as it was, with the comments of then.
        expected = {path: then.get(path, text) if text != after.get(path) else text for path, text in before.items()}
        assert lost(expected, after, self.users) == []

    @invariant()
    def stands(self) -> None:
        files = texts(self.tree)
        assert all(data(files[path]) is not None for path in files if path.endswith(('.yaml', '.yml')))
        report = validation.environments_report(self.tree, settings_file.load(self.tree), '', (), Selection())
        assert report.errors == []


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=15,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[*HealthCheck],
)
