"""Any sequence of commands leaves manifests that pass the rules, and what a user wrote stays as it is written.

Between the commands a user comments any line, and writes the files in another style.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import permutations, product
from typing import Any

import life_choices as ask
from commented import data, lost, with_comment
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from plan_world import EMPTY, GROUPS, SMALL, URL, saved, texts, tree_of
from restyled import line_ends, restyled

from bootstrap import gate, layout, manifest, validation
from bootstrap import settings as settings_file
from bootstrap.choices import Choices
from bootstrap.context import Context
from bootstrap.errors import BootstrapError, NotHereError
from bootstrap.further_raycluster import Options as Further
from bootstrap.kuberay import Version
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
from bootstrap.report import Selection
from bootstrap.rules import check
from bootstrap.tree import Tree
from bootstrap.upgrading import STEPS, Upgrade
from bootstrap.worker_group import Options

Comments = list[tuple[float, float, str]]
Plan = Callable[[Tree, Context], Tree]


class Life(RuleBasedStateMachine):
    """A repository from its first environment on; a step that is refused is not merged."""

    @initialize(
        version=ask.KUBERAY, number=ask.NUMBER, together=st.booleans(), style=ask.LINE_ENDS, comments=ask.COMMENTS
    )
    def start(self, version: Version, number: int, together: bool, style: str, comments: Comments) -> None:
        self.tree, self.users, self.past = EMPTY, set[str](), list[Tree]()
        for name in ask.NAMES[:number]:
            own = Choices(kuberay_version=version, destination={'name': f'k8s-{name}'})
            shared = init.Options(shares=ask.NAMES[0]) if together and self.past else init.Options(own)
            self.step(partial(init.plan, names=[name], options=shared))
        assert len(self.past) == number
        self.step(partial(add_group.plan, environments=['dev'], name='gpu', options=SMALL))
        assert {line_ends(text) for text in texts(self.tree).values()} == {(False, True)}
        self.tree = tree_of({path: restyled(text, 0, style) or text for path, text in texts(self.tree).items()})
        self.comment(comments)

    @rule(comments=ask.COMMENTS)
    def comment(self, comments: Comments) -> None:
        for file, line, way in comments:
            comment = f'# by a user: {len(self.users)}.'
            self._write(file, partial(with_comment, number=line, comment=comment, how=way))
            self.users |= {comment} if any(comment in text for text in texts(self.tree).values()) else set()

    @rule(restyles=ask.RESTYLES)
    def restyle(self, restyles: Comments) -> None:
        for file, place, style in restyles:
            self._write(file, partial(restyled, number=place, style=style))

    def _write(self, file: float, edit: Callable[[str], str | None]) -> None:
        files = texts(self.tree)
        paths = [path for path in files if path.startswith('environments/') and path.endswith('.yaml')]
        path = paths[int(file * len(paths))]
        self.tree = tree_of({**files, path: edit(files[path]) or files[path]})

    @rule(names=ask.ENVIRONMENTS, options=ask.INIT)
    def init(self, names: list[str], options: init.Options) -> None:
        self.step(partial(init.plan, names=names, options=options))

    @rule(names=ask.ONE_OR_TWO, name=ask.GROUP, options=ask.ASKED, raycluster_name=ask.RAYCLUSTER)
    def add_group(self, names: list[str], name: str, options: Options, raycluster_name: str) -> None:
        enough = Options(**{**vars(options), 'max': 4, 'cpu': options.cpu or '2', 'memory': options.memory or '2Gi'})
        where = self.where(names, raycluster_name)
        self.step(partial(add_group.plan, name=name, options=enough, **where))

    @rule(
        names=ask.ONE_OR_TWO, group=ask.PART, options=ask.ASKED, edits=ask.GROUP_EDITS, raycluster_name=ask.RAYCLUSTER
    )
    def set_group(self, names: list[str], raycluster_name: str, group: float, **rest: Any) -> None:
        where = self.where(names, raycluster_name)
        self.step(partial(set_group.plan, name=self.group(group, **where), **where, **rest))

    @rule(names=ask.ONE_OR_TWO, group=ask.PART, raycluster_name=ask.RAYCLUSTER, allow=ask.ALLOW, twice=st.booleans())
    def remove_group(
        self, names: list[str], raycluster_name: str, group: float, allow: tuple[str, ...], twice: bool
    ) -> None:
        where = self.where(names, raycluster_name)
        name = self.group(group, **where)
        for _ in range(2 if twice else 1):
            self.step(partial(remove_group.plan, name=name, **where), allow)

    @rule(names=ask.ENVIRONMENTS, name=ask.RAYCLUSTER, options=ask.SETTING)
    def set_raycluster(self, names: list[str], name: str, **rest: Any) -> None:
        where = self.where(names, name)
        self.step(
            partial(set_raycluster.plan, environments=where['environments'], name=where['raycluster_name'], **rest)
        )

    @rule(names=ask.ENVIRONMENTS, options=st.builds(Further, ray_version=ask.RAY))
    def add_raycluster(self, names: list[str], options: Further) -> None:
        self.step(partial(add_raycluster.plan, environments=self.those(names), name='batch', options=options))

    @rule(names=ask.ENVIRONMENTS)
    def remove_raycluster(self, names: list[str]) -> None:
        those = [one for one in self.those(names) if layout.Environment(one).raycluster('batch') in self.tree]
        if those:
            self.step(partial(remove_raycluster.plan, environments=those, name='batch'), ('RB709',))

    @rule(
        names=ask.ENVIRONMENTS,
        to=st.builds(Upgrade, st.none() | ask.KUBERAY, ask.RAY, st.sampled_from([*STEPS, 'all'])),
        allow=ask.ALLOW,
        everywhere=st.booleans(),
    )
    def upgrade(self, names: list[str], to: Upgrade, allow: tuple[str, ...], everywhere: bool) -> None:
        self.step(partial(upgrade.plan, names=self.those(names), upgrade=to, everywhere=everywhere), allow)

    @rule(way=st.permutations(ask.NAMES), only=st.lists(st.sampled_from(KINDS), max_size=2, unique=True))
    def promote(self, way: list[str], only: list[str]) -> None:
        there = [name for name in way if name in {one.name for one in layout.environments(self.tree, '')}]
        before = self.tree
        for (source, target), kinds in product(permutations(there, 2), ([*only], ['groups', 'values'])):
            self.step(partial(promote.plan, source=source, target=target, asked=Asked(kinds)))
            if texts(self.tree) != texts(before):
                return

    @rule(name=ask.ENVIRONMENT, back=st.integers(0, 9), allow=ask.ALLOW)
    def rollback(self, name: str, back: int, allow: tuple[str, ...]) -> None:
        then = self.past[-1 - back % len(self.past)]
        self.step(partial(rollback.plan, name=self.those([name])[0], revision='then'), allow, then)

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
        return [*dict.fromkeys(there[ask.NAMES.index(name) % len(there)] for name in names)]

    def where(self, names: list[str], raycluster: str) -> dict[str, Any]:
        """Environments that are there, and the RayCluster or, where they have none of that name, the first."""
        those = self.those(names)
        has_it = all(layout.Environment(name).raycluster(raycluster) in self.tree for name in those)
        return {'environments': those, 'raycluster_name': raycluster if has_it else ''}

    def group(self, number: float, environments: list[str], raycluster_name: str) -> str:
        """A worker group that the first of these environments has."""
        path = layout.Environment(environments[0]).raycluster(raycluster_name)
        names = [*(manifest.get(self.tree.get(path) or '', GROUPS) or {}), 'standard-worker']
        return str(names[int(number * len(names))])

    def step(self, plan: Plan, allow: tuple[str, ...] = (), then: Tree | None = None) -> bool:
        """Plan, and merge it unless the rules refuse it; whether it was merged."""
        before, allowed, name = self.tree, dict.fromkeys(allow, 'so it is'), _name(plan)
        context = Context(
            remote_url=URL, settings=settings_file.load(before), allow=allowed, at=lambda _: then or EMPTY, base=before
        )
        try:
            after = saved(plan(before, context))
        except BootstrapError as error:
            event(f'{name}: refused', error.message)
            return False
        environments = list({*layout.environments(before, ''), *layout.environments(after, '')})
        if refusal := gate.findings(before, after, environments, context, allowed).refusal():
            event(f'{name}: against a rule', refusal.message)
            return False
        event(f'{name}: {"nothing to do" if texts(after) == texts(before) else "merged"}')
        self._does_nothing_again(
            plan, before, after, Context(**{**vars(context), 'settings': settings_file.load(after)})
        )
        self._keeps(texts(before), texts(after), texts(then) if then else {})
        self.tree = after
        self.past.append(after)
        return True

    def _does_nothing_again(self, plan: Plan, before: Tree, after: Tree, context: Context) -> None:
        try:
            assert texts(plan(after, context)) == texts(after)
        except NotHereError:
            # What is taken away is not there the second time.
            assert _name(plan).startswith('remove')
            assert len(str(texts(after))) < len(str(texts(before)))

    def _keeps(self, before: Mapping[str, str], after: Mapping[str, str], then: Mapping[str, str]) -> None:
        # What a roll-back changes is as it was, with the comments and line ends of then.
        expected = {path: then.get(path, text) if text != after.get(path) else text for path, text in before.items()}
        assert lost(expected, after, self.users) == []
        same = expected.keys() & after.keys()
        assert {path: line_ends(after[path]) for path in same} == {path: line_ends(expected[path]) for path in same}

    @invariant()
    def stands(self) -> None:
        files = texts(self.tree)
        assert all(data(text) is not None and line_ends(text) for path, text in files.items() if '.y' in path)
        report = validation.environments_report(self.tree, settings_file.load(self.tree), '', (), Selection())
        assert report.errors == []
        for path in (path for path in files if '/raycluster' in path):
            groups = list(manifest.get(files[path], GROUPS) or {})
            assert groups == sorted(groups)


def _name(plan: Plan) -> str:
    return plan.func.__module__.rpartition('.')[2] if isinstance(plan, partial) else 'fix'


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=10, stateful_step_count=12, deadline=None, suppress_health_check=[*HealthCheck]
)
