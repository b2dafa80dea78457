"""The table of promote in a pull request's text."""

from __future__ import annotations

from plan_world import EMPTY, VALUES, file, init, texts, tree_of

from bootstrap import manifest
from bootstrap.body import Review, page
from bootstrap.context import Context
from bootstrap.plans import promote
from bootstrap.promotion import Asked
from bootstrap.tree import changes


def test_the_table_shows_promoted_kept_and_source_only() -> None:
    files = init(EMPTY, 'dev', 'prod', operator=True)
    for place, value in (
        (('image', 'tag'), '2.53.0'),
        (('worker', 'maxReplicas'), 3),
        (('gcsFaultTolerance',), {'enabled': True}),
    ):
        files[file('raycluster', 'dev')] = manifest.put(files[file('raycluster', 'dev')], (*VALUES, *place), value)
    files[file('raycluster-more', 'dev')] = files[file('raycluster', 'dev')]
    before, context = tree_of(files), Context()
    after = promote.plan(before, context, 'dev', 'prod', Asked())
    review = Review(
        *('Promote dev to prod', 'main', 'b', before, after, context),
        changes=changes(before, after),
        environments=(),
        new_environments=(),
        commands=['promote dev prod'],
        tables=promote.tables(before, context, 'dev', 'prod', Asked()),
    )
    text = page(review)
    cluster = '`applications/raycluster.yaml`'
    assert '### From dev to prod\n\n| file | field | dev | prod | what becomes of it |\n' in text
    assert f'| {cluster} | `image.tag` | `2.53.0` | `2.52.0` | `promoted` |' in text
    assert f'| {cluster} | `worker.maxReplicas` | `3` | `200` | `kept: a size` |' in text
    assert f'| {cluster} | `gcsFaultTolerance.enabled` | `true` |  | `only in dev: a destination` |' in text
    assert (
        f'| {cluster.replace(".yaml", "-more.yaml")} |  | `a file` |  | `only in dev: promote does not add files`'
        in text
    )
    assert texts(after)[file('raycluster')].count('2.53.0') == 1
