from __future__ import annotations

from collections.abc import Callable

import pytest

from bootstrap import kubernetes_names as names
from bootstrap.errors import USAGE, BootstrapError

HOSTILE = ['\n', 'a\n', '\x1b[2J', 'a b', '$(id)', 'é', '../x', 'a\u202eb']


@pytest.mark.parametrize(
    ('check', 'good', 'bad'),
    [
        (names.checked_label, ['a', 'a-1', '1a', 'a' * 63], ['', '-a', 'a-', 'A', 'a.b', 'a' * 64]),
        (names.checked_subdomain, ['a', 'a.b-c', 'a' * 253], ['', '.a', 'a.', 'a..b', 'A', 'a_b', 'a' * 254, 'a-.b']),
        (
            names.checked_key,
            ['a', 'A.b_c', 'a.io/b', 'nvidia.com/gpu'],
            ['', '/', 'a/', '/b', 'a/b/c', 'A.io/b', '-a', 'a' * 64],
        ),
        (names.checked_label_value, ['', 'a', 'A.b_c-1', '1'], ['-a', 'a-', 'a/b', 'a' * 64]),
        (names.checked_variable, ['A', '_a', 'a.b-c'], ['', '1a', 'a=b']),
    ],
)
def test_names(check: Callable[[str, str], str], good: list[str], bad: list[str]) -> None:
    for text in good:
        assert check(text, '--x') == text
    for text in [*bad, *HOSTILE]:
        with pytest.raises(BootstrapError) as caught:
            check(text, '--x')
        assert caught.value.exit_code == USAGE
        assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    'text', ['https://a', 'https://10.0.0.1:6443', 'https://[::1]:6443', 'https://a.b/k8s/clusters/c-1']
)
def test_servers(text: str) -> None:
    assert names.checked_server(text) == text


@pytest.mark.parametrize(
    'text', ['', 'a', 'http://a', 'https://', 'https://u:p@a', 'https://a:x', 'https://a?b', 'https://a\n']
)
def test_no_servers(text: str) -> None:
    with pytest.raises(BootstrapError):
        names.checked_server(text)
