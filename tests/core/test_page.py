"""The text of a pull request within every forge's limit, with hostile values in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from bootstrap import body, forges
from bootstrap.body import BEGIN, END, Review, why_of
from bootstrap.context import Context
from bootstrap.forges import KINDS
from bootstrap.layout import Environment
from bootstrap.manifest import documents
from bootstrap.tree import Change, Files, Tree

PROD = Environment('prod')
HOSTILE = '@octocat fixes #1 ``` | <!-- /raybootstrap --> ![x](https://evil.example/x) https://evil.example \\\\|'
MARKDOWN = MarkdownIt('gfm-like', {'linkify': False, 'html': True})


def reviewed(fields: int, why: str = 'Because.', command: str = 'init --env prod') -> Review:
    path = PROD.raycluster()
    before = ''.join(f'"k{number} | `x`": "{number}"\n' for number in range(fields))
    after = ''.join(f'"k{number} | `x`": {HOSTILE!r}\n' for number in range(fields))
    return Review(
        title='Change it',
        base='main',
        branch='raybootstrap/init-prod',
        before=Tree(Files({path: before})),
        after=Tree(Files({path: after})),
        context=Context(),
        changes=[Change(path, before, after)],
        environments=[PROD],
        new_environments=[],
        commands=[command],
        why=why,
    )


@pytest.mark.parametrize('limit', sorted({min(forges.of(kind).BODY_LIMIT, 60_000) for kind in KINDS}))
@pytest.mark.parametrize('fields', [3, 3000])
def test_what_does_not_fit_goes_and_what_matters_stays(limit: int, fields: int) -> None:
    text = body.page(reviewed(fields), limit)
    assert len(text) <= limit
    assert text.startswith(f'{BEGIN}\nBecause.')
    assert text.endswith(f'\n{END}')
    for heading in ('### What changes', '### Security', '### Made by'):
        assert heading in text
    if fields == 3000:
        assert 'more.' in text
    html = MARKDOWN.render(text)
    assert '<a ' not in html
    assert '<img' not in html
    assert html.count('<!--') == 2
    assert html.rstrip().endswith(END)


@pytest.mark.parametrize('why', ['w\n' * 9000, '```sh\n' + 'w\n' * 9000, '`````\n' + '```\n' * 9000])
def test_a_cut_text_leaves_no_fence_open(why: str) -> None:
    text = body.page(reviewed(3, why), 4000)
    assert len(text) <= 4000
    html = MARKDOWN.render(f'{text}\n\nBelow, **by a person**.')
    assert '<strong>by a person</strong>' in html
    assert 'The rest did not fit: see the diff.</p>' in html


def test_a_long_command_is_cut_too() -> None:
    text = body.page(reviewed(3, command='x' * 9000), 4000)
    assert len(text) <= 4000
    assert '<strong>' in MARKDOWN.render(f'{text}\n\nBelow, **by a person**.')


@pytest.mark.parametrize('why', ['', 'Because.', 'For:\n\n- one\n- two: new', '- one\n\n- two', 'a\n- b'])
def test_the_authors_words_are_found_again(why: str) -> None:
    described = '- a.yaml: new\n- b.yaml:\n  - x: 1 → 2'
    assert why_of('\n\n'.join(part for part in (why, described, 'A note.') if part)) == why


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        ('the group gpu is drained, as asked.', 'the group gpu is drained, as asked.'),
        ('see kubectl get pods -l ray.io/group=gpu,x=y', 'see kubectl get pods -l ray.io/group=gpu,x=y'),
        ('thanks to @octocat, it fixes #1.', 'thanks to `@octocat`, it fixes `#1`.'),
        ('GH-12 and gh-13', '`GH-12` and `gh-13`'),
        ('at https://x.example.com/y (or www.example.com)', 'at `https://x.example.com/y` (or `www.example.com`)'),
        ('<img src=x> *bold* _it_ [a](b) ![c]', '`<img` `src=x>` `*bold*` `_it_` `[a](b`) `![c]`'),
        ('a\nb\n- c', 'a b - c'),
        ('!12 ~label $3 %4 &5 `tick`', '`!12` `~label` `$3` `%4` `&5` `` `tick` ``'),
    ],
)
def test_a_sentence_with_words_from_files(text: str, shown: str) -> None:
    from bootstrap.body.markdown import sentence

    assert sentence(text) == shown


def test_a_command_is_never_cut() -> None:
    from bootstrap.body.markdown import command

    assert command('argocd repo add ' + 'x' * 500) == f'`argocd repo add {"x" * 500}`'


def of_many(count: int) -> Review:
    """So many environments, each with another chart."""
    environments = [Environment(f'e{number:04d}') for number in range(count)]
    texts = {one.raycluster(): 'spec: {source: {targetRevision: 1.5.1}}\n' for one in environments}
    after = {path: text.replace('1.5.1', '1.7.0') + f'# {path}\n' for path, text in texts.items()}
    return replace(
        reviewed(1),
        before=Tree(Files(texts)),
        after=Tree(Files(after)),
        changes=[Change(path, text, after[path]) for path, text in texts.items()],
        environments=environments,
    )


def test_a_page_of_many_environments_shows_the_first_and_counts_the_others() -> None:
    text = body.page(of_many(300))
    assert text.count('| `e00') == 60
    assert '\n… and 240 more.\n' in text
    assert '\n… and 1 more, and 99 more files.\n' in text
    assert text.count('| 1.5.1 | 1.7.0 |') + text.count('| `1.5.1` | `1.7.0` |') == 200


def test_a_page_of_many_environments_is_not_read_again_for_each_try() -> None:
    review = of_many(300)
    documents.stream.cache_clear()
    body.page(review, 2_000)
    assert documents.stream.cache_info().misses < 300 * 7
