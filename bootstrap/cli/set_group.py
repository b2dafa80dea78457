"""raybootstrap set-group"""

from __future__ import annotations

import copy
import inspect
from typing import Annotated, Any

from bootstrap import reach
from bootstrap.cli.add_group import add_group
from bootstrap.cli.group_options import existing_group, options_of
from bootstrap.cli.kinds import request_command
from bootstrap.cli.profile_option import profiled
from bootstrap.cli.value_options import SET, UNSET, edits_of
from bootstrap.context import Context
from bootstrap.errors import USAGE, BootstrapError
from bootstrap.layout import checked_folder_name
from bootstrap.plans import set_group as plans
from bootstrap.request import Request
from bootstrap.tree import Tree


def set_group(
    name: str,
    env: list[str] | None,
    raycluster: str | None,
    profile: str | None,
    from_group: str | None,
    values: Any | None,
    set_: list[str] | None,
    unset: list[str] | None,
    **options: Any,
) -> Request:
    """Change a worker group: what is given, and nothing else. Options that add to a list or a mapping add to it.

    --set and --unset reach every value of the group, as the ray-cluster chart names it. PATH is such as
    resources.limits.memory, labels[example.com/team] or containerEnv[name=MODE].value; VALUE is YAML.

    \b
    Example:
      raybootstrap set-group gpu --env prod --max 16 --set priorityClassName=batch
    """
    given = {key.rstrip('_'): value for key, value in options.items()}
    edits = edits_of(set_, unset)
    existing_group(name)
    options_of(given)
    if all(one is None for one in (profile, from_group, values, set_, unset, *options.values())):
        raise BootstrapError('what is to be changed?', 'for example --max 16', exit_code=USAGE)
    environments = tuple(sorted({checked_folder_name(one, 'environment') for one in env or ()}))

    def plan(tree: Tree, context: Context) -> Tree:
        asked = profiled(given, profile, tree, context)
        return plans.plan(
            *(tree, context, environments, name, asked, edits),
            raycluster_name=raycluster or '',
            from_group=from_group,
            values=values,
        )

    return Request(
        'set-group',
        plan,
        lambda _path, _before, names: f'Change worker group {name} of {", ".join(names)}',
        environments=environments,
        subject=f'{raycluster}-{name}' if raycluster else name,
        notes=lambda before, after, _context: reach.notes(before, after),
    )


def _without_default(parameter: inspect.Parameter) -> inspect.Parameter:
    """An option of add-group, whose help does not say what a new group gets."""
    option = copy.copy(parameter.annotation.__metadata__[0])
    if option.help:
        option.help = option.help.partition(' Default:')[0]
    return parameter.replace(annotation=Annotated[parameter.annotation.__origin__, option])


_OF_ADD_GROUP = inspect.signature(add_group, eval_str=True).parameters.values()
set_group.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
    [
        *map(_without_default, _OF_ADD_GROUP),
        inspect.Parameter('set_', inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=SET),
        inspect.Parameter('unset', inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=UNSET),
    ]
)
command = request_command(set_group)
