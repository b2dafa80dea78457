"""The version of Argo CD that raybootstrap.yaml declares."""

from __future__ import annotations

import re

from bootstrap.rules.scope import Scope

_VERSION = re.compile(r'v?(\d{1,4})\.(\d{1,4})(\..*)?', re.ASCII)


def is_at_least(scope: Scope, version: tuple[int, int]) -> bool | None:
    """Whether it is this version or a newer one; None where it is not declared."""
    match = _VERSION.fullmatch(scope.settings.argocd_version or '')
    return (int(match[1]), int(match[2])) >= version if match else None
