"""RB115: sources that are read directly although there is a mirror for them."""

from __future__ import annotations

from collections.abc import Iterator

from bootstrap import mirrors
from bootstrap.rules.rule import Problem, Severity, Subject, rule
from bootstrap.rules.scope import Scope


@rule(
    'RB115',
    Severity.WARNING,
    Subject.SCOPE,
    'a source that raybootstrap.yaml mirrors is used directly',
    mend='raybootstrap init --env ENV --mirror FROM=TO puts the mirror everywhere in the environment',
    source='raybootstrap.yaml (mirrors)',
)
def read_directly(scope: Scope) -> Iterator[Problem]:
    """Where the network is closed, what is not read from the mirror is not read at all: Argo CD cannot render the
    Application, or the pods stay in ImagePullBackOff. A chart's own default image counts too.
    """
    found = scope.settings.mirrors
    for resource in scope.resources if found else ():
        for one in mirrors.direct(resource.document.data, found):
            default = ' (the default of the chart)' if one.value is None else ''
            message = f'{one.shown}{default} is not read from its mirror {one.mirror}'
            yield Problem(resource, resource.nearest(*one.path), message)
