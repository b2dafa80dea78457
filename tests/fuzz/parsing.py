"""Whatever stands in a setting, an address, a trailer or an option, it is read or refused in a sentence."""

from __future__ import annotations

import contextlib
import json
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from drawing import Draw

from bootstrap import durations, git_url, image, kuberay, quantity, settings, value_paths, words
from bootstrap.cli.replay import request_of
from bootstrap.errors import BootstrapError
from bootstrap.layout import checked_folder_name, checked_path
from bootstrap.tree import Files, Tree
from bootstrap.worker_group import checked_name

_KEYS = [
    *('path', 'requires', 'forge', 'reviewers', 'labels', 'branch_prefix', 'title_prefix', 'promotion', 'mirrors'),
    *('profiles', 'rules', 'argocd', 'environments', 'order', 'fields', 'version', 'namespace', 'protected', 'RB302'),
]
_COMMANDS = [
    *('init', 'add-group', 'set-group', 'remove-group', 'add-raycluster', 'set-raycluster', 'remove-raycluster'),
    *('upgrade', 'promote', 'rollback', 'remove-env', 'fleet', 'fix', 'adopt', 'validate', 'apply-root'),
]
_OPTIONS = [
    *('--env', '--max', '--min', '--cpu', '--memory', '--gpu', '--image', '--values', '--set', '--unset', '--to'),
    *('--kuberay-version', '--ray-version', '--field', '--only', '--select', '--toleration', '--node-selector'),
    *('--repo-url', '--owner', '--mirror', '--like', '--shares', '--dest-server', '--profile', '--help', '-C', '--'),
]


def one(data: bytes) -> None:
    """Read a text in every way there is; AssertionError where neither a value nor a sentence comes of it."""
    draw = Draw(data)
    _read_settings(draw)
    text = draw.word()
    readers: Sequence[Callable[[str], Any]] = (
        *(git_url.checked, git_url.parse, image.parse, kuberay.checked_kuberay_version, quantity.parse, checked_path),
        lambda text: quantity.checked_cpu(text, '--cpu'),
        lambda text: quantity.checked_bytes(text, '--memory'),
        lambda text: durations.seconds(text, '--timeout'),
        lambda text: value_paths.parse_assignment(text, '--set'),
        lambda text: value_paths.parse_path(text, '--unset'),
        lambda text: checked_folder_name(text, 'environment'),
        checked_name,
        words.without_credentials,
    )
    for read in readers:
        _done_or_refused(lambda read=read: read(text))  # type: ignore[misc]
    shown = words.sanitise(text).replace('\n', '').replace('\t', '')
    assert not {unicodedata.category(one) for one in shown} & {'Cc', 'Cf', 'Cs', 'Zl', 'Zp'}
    _done_or_refused(lambda: request_of(_line(draw)))


def _read_settings(draw: Draw) -> None:
    found: Any = {draw.choice(_KEYS): _setting(draw) for _ in range(1 + draw.byte() % 3)}
    text = json.dumps(found, default=str) if draw.byte() % 4 else f'{draw.choice(_KEYS)}: {draw.word()}\n'
    _done_or_refused(lambda: settings.load(Tree(Files({settings.FILE: text}))))


def _setting(draw: Draw) -> Any:
    kind = draw.byte() % 3
    if kind == 0:
        return {draw.choice(_KEYS): _setting(draw) for _ in draw.some(3)}
    return draw.value()


def _line(draw: Draw) -> str:
    parts = [draw.choice(_COMMANDS)]
    for _ in draw.some(8):
        kind = draw.byte()
        parts.append(draw.choice(_OPTIONS) if kind < 120 else draw.word())
    return ' '.join(parts) if draw.byte() % 2 else ' '.join(f"'{part}'" for part in parts)


def _done_or_refused(act: Callable[[], Any]) -> None:
    with contextlib.suppress(BootstrapError):
        act()
