from typing import Any

import pytest
from examples import scope

from bootstrap.rules import projects
from bootstrap.rules.globs import matches
from bootstrap.rules.resource import Application, Resource, resources

SERVER = 'https://kubernetes.default.svc'


@pytest.mark.parametrize(
    ('pattern', 'text', 'separator'),
    [
        ('*', 'a/b', '/'),
        ('', '', ''),
        ('ray-*', 'ray-a', ''),
        ('https://a/*', 'https://a/b', '/'),
        ('https://a/**', 'https://a/b/c', '/'),
        ('*', '', ''),
        ('a?c', 'abc', ''),
        ('[ab]c', 'bc', ''),
        ('[!ab]c', 'cc', ''),
        ('[a-c]', 'b', ''),
        ('{a,b*}c', 'bbc', ''),
        ('a,b*', 'a,bc', ''),
        (r'a\*', 'a*', ''),
        ('a.c', 'a.c', ''),
    ],
)
def test_it_matches(pattern: str, text: str, separator: str) -> None:
    assert matches(pattern, text, separator)


@pytest.mark.parametrize(
    ('pattern', 'text', 'separator'),
    [
        ('https://a/*', 'https://a/b/c', '/'),
        ('a?c', 'a/c', '/'),
        ('ray-*', 'b-ray-a', ''),
        ('a.c', 'abc', ''),
        ('[!ab]c', 'ac', ''),
        ('{a,b}c', 'cc', ''),
        (r'a\*', 'ab', ''),
        ('{a', 'b', ''),
        ('a}', 'a', ''),
        ('[z-a]', 'b', ''),
        ('', 'a', ''),
    ],
)
def test_it_does_not_match(pattern: str, text: str, separator: str) -> None:
    assert not matches(pattern, text, separator)


def application(destination: object = None, url: str = 'https://a/b') -> Application:
    spec = f'spec: {{source: {{repoURL: "{url}"}}, destination: {destination or {}}}}\n'
    text = f'apiVersion: argoproj.io/v1alpha1\nkind: Application\n{spec}'
    (found,) = resources('a.yaml', text)
    assert isinstance(found, Application)
    return found


def project(**spec: Any) -> Resource:
    (found,) = resources('a.yaml', f'kind: AppProject\nspec: {spec}\n')
    return found


@pytest.mark.parametrize(
    ('patterns', 'url', 'permitted'),
    [
        (['https://a/b'], 'https://a/b', True),
        (['https://a/b.git'], 'HTTPS://A/b', True),
        (['https://a/b/'], 'https://a/b', False),
        (['git@a.com:b/c'], 'ssh://git@a.com/b/c.git', True),
        (['*'], 'https://a/b', True),
        (['https://a/*'], 'https://a/b', True),
        (['*', '!https://a/*'], 'https://a/b', False),
        (['https://a/b', 'https://c/d'], 'https://a/b', True),
        (['https://c/d', 'https://a/b'], 'https://a/b', True),
        (['!https://c/*'], 'https://a/b', True),
        ([], 'https://a/b', False),
        ([1, None], 'https://a/b', False),
    ],
)
def test_sources(patterns: list[Any], url: str, permitted: bool) -> None:
    assert projects.permits_source(project(sourceRepos=patterns), application(url=url)) is permitted


ANY = {'server': '*', 'namespace': '*'}


@pytest.mark.parametrize(
    ('destinations', 'destination', 'permitted'),
    [
        ([{'server': SERVER, 'namespace': 'a'}], {'server': SERVER, 'namespace': 'a'}, True),
        ([{'server': SERVER, 'namespace': 'a'}], {'name': 'in-cluster', 'namespace': 'a'}, True),
        ([{'name': 'in-cluster', 'namespace': 'a'}], {'server': SERVER, 'namespace': 'a'}, True),
        ([{'name': 'in-cluster', 'server': SERVER, 'namespace': 'a'}], {'server': SERVER, 'namespace': 'a'}, True),
        ([{'server': SERVER, 'namespace': 'a'}], {'server': SERVER, 'namespace': 'b'}, False),
        ([{'server': SERVER, 'namespace': 'a'}], {'server': 'https://b', 'namespace': 'a'}, False),
        ([{'server': 'https://b', 'namespace': 'a'}], {'name': 'b', 'namespace': 'a'}, True),
        ([{'server': 'https://b', 'namespace': 'a'}], {'name': 'b', 'namespace': 'c'}, False),
        ([{'namespace': '*'}], {'server': SERVER, 'namespace': 'a'}, False),
        ([ANY], {'server': SERVER, 'namespace': 'a'}, True),
        ([ANY, {'server': SERVER, 'namespace': '!a'}], {'server': SERVER, 'namespace': 'a'}, False),
        ([ANY, {'server': SERVER, 'namespace': '!a'}], {'server': SERVER, 'namespace': 'b'}, True),
        ([ANY, {'server': '!https://b', 'namespace': '*'}], {'server': 'https://b', 'namespace': 'a'}, False),
        ([ANY, {'server': '!https://b', 'namespace': 'c'}], {'server': 'https://b', 'namespace': 'a'}, True),
        ([{'server': SERVER, 'namespace': 'ray-*'}], {'server': SERVER, 'namespace': 'ray-a'}, True),
        ([ANY, {'server': 'https://b', 'namespace': '!a'}], {'server': SERVER, 'namespace': 'a'}, True),
        ([ANY, {'server': SERVER, 'namespace': 'b'}], {'server': SERVER, 'namespace': 'a'}, True),
        ([ANY, {'server': 'https://b', 'namespace': 'a'}], {'server': SERVER, 'namespace': 'a'}, True),
        ([{'name': 'b', 'namespace': 'a'}], {'server': 'https://b', 'namespace': 'a'}, True),
        (['a', None, [1]], {'server': SERVER, 'namespace': 'a'}, False),
    ],
)
def test_destinations(destinations: list[Any], destination: dict[str, str], permitted: bool) -> None:
    assert projects.permits_destination(project(destinations=destinations), application(destination)) is permitted


def test_the_project_of_an_application() -> None:
    where = scope()
    names = [found.name for one in where.applications if (found := projects.of(one, where))]
    assert names == ['example-ray-root', 'example-ray-platform', 'example-ray-platform', 'example-ray']


@pytest.mark.parametrize(
    ('sources', 'namespace', 'permitted'), [('*', 'a', True), ('*', 'b', False), ('https://c', 'a', False)]
)
def test_source_and_destination_are_both_needed(sources: str, namespace: str, permitted: bool) -> None:
    one = project(sourceRepos=[sources], destinations=[{'server': SERVER, 'namespace': 'a'}])
    assert projects.permits(one, application({'server': SERVER, 'namespace': namespace})) is permitted
