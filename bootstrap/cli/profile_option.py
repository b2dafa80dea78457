"""--profile: the options of worker groups that raybootstrap.yaml names."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from bootstrap import manifest, profiles, settings
from bootstrap.cli.group_options import options_of
from bootstrap.context import Context
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.tree import Tree
from bootstrap.worker_group import Options


def profiled(given: Mapping[str, Any], name: str | None, tree: Tree, context: Context) -> Options:
    """The options of a command over those of a profile, which is read on the base that is planned on."""
    if name is None:
        return options_of(given)
    known = context.settings.profiles
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f'did you mean {near[0]}?' if near else f'it has {", ".join(known) or "none"}'
        raise BootstrapError(f'{settings.FILE}: there is no profile {name!a}', hint, exit_code=USAGE)
    of_profile = profiles.given(known[name])
    try:
        options_of({**dict.fromkeys(given), **of_profile})
    except BootstrapError as error:
        raise manifest.ManifestError(
            _line(tree, name), f'profiles.{name}: {error.message}', error.hint, path=settings.FILE
        ) from None
    return options_of(profiles.over(of_profile, given))


def _line(tree: Tree, name: str) -> int:
    documents = manifest.load(tree.get(settings.FILE) or '')
    return documents[0].position(('profiles', name)).line if documents else 1
