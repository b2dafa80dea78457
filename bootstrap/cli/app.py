"""The application: its commands, loaded when they run, and its edge, where errors become words and exit codes."""

from __future__ import annotations

import errno
import gc
import importlib
import io
import itertools
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command_from_info
from typer.models import CommandInfo

from bootstrap.cli.shared import SHARED, Shared, with_options
from bootstrap.errors import INTERRUPTED, REFUSED, USAGE, BootstrapError

# Name, what the top help says, and the module's name where it differs.
COMMANDS = {
    'init': 'Start environments, or change what is asked of those that are there.',
    'adopt': 'Take hand-written manifests into the layout.',
    'add-group': 'Add a worker group.',
    'set-group': 'Change a worker group.',
    'remove-group': 'Drain a worker group, then remove it.',
    'set-raycluster': 'Change a RayCluster: head, images, autoscaler, any value.',
    'upgrade': 'Move to another KubeRay or Ray version.',
    'promote': 'Take versions, image, worker groups and values to another environment.',
    'rollback': "Bring an environment's files back as they were.",
    'fleet': 'Make all root Applications from one ApplicationSet.',
    'add-raycluster': 'Add a further RayCluster.',
    'remove-raycluster': 'Remove a further RayCluster.',
    'remove-env': 'Remove an environment.',
    'validate': 'Check manifests against every rule, offline.',
    'fix': 'Mend what rules find, where there is a mechanical way.',
    'explain': 'Say what a rule finds, why it matters and how to mend it.',
    'proposals': 'Show the open proposals; close one, or prune those that are merged.',
    'replay': "Plan a proposal again on today's base.",
    'list': 'List environments, RayClusters, worker groups, versions or rules.',
    'diff': 'Compare environments or revisions, field by field and as text.',
    'render': 'Print an environment as one stream, in the order it is applied.',
    'graph': 'Show the app of apps as a picture.',
    'status': 'Show what Argo CD and KubeRay say, against what Git says.',
    'wait': 'Wait until what is merged is synced, healthy or ready for Ray.',
    'dashboard': "Bring Ray's dashboard to a port of this machine.",
    'doctor': 'Check git, remotes, forge, Kubernetes and helm; say how to mend them.',
    'apply-root': 'Apply the projects and the root of an environment to Argo CD, once.',
    'options': 'Show the options that commands share.',
    'completion': 'Print the script that completes command lines in a shell.',
}


class Commands(TyperGroup):
    """The commands of the table above; a module is imported when its command is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f'bootstrap.cli.{cmd_name.replace("-", "_")}')
        info = CommandInfo(name=cmd_name, callback=module.command, options_metavar='[OPTIONS]')
        return get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        with formatter.section('Commands'):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={'help_option_names': ['--help']},
)


def _version(wanted: bool) -> None:
    if wanted:
        from bootstrap import __version__

        typer.echo(f'raybootstrap {__version__}')
        raise typer.Exit


def _top(ctx: typer.Context, **given: Any) -> None:
    """Ray on Kubernetes through Argo CD and pull requests."""
    given.pop('version')
    ctx.obj = Shared(**given)


_VERSION = Annotated[bool, typer.Option('--version', is_eager=True, callback=_version, help='Show the version.')]
app.callback()(with_options(_top, (), {**SHARED, 'version': _VERSION}))


# Typer keeps its usage errors in a private module; this is their base in every version allowed.
_UsageError: Any = typer.BadParameter.__mro__[2]


def run(arguments: list[str]) -> int:
    """The exit code of a command line. Anything but a user's mistake keeps its traceback."""
    # Manifests are many small objects without cycles; looking for cycles among them takes as long as reading them.
    gc.disable()
    _speak_utf8()
    try:
        code = _completed(arguments) if arguments[:1] == ['__complete'] else _commanded(arguments)
        sys.stdout.flush()
    except BootstrapError as error:
        return _failed(error, arguments)
    except _UsageError as error:
        return _failed(_usage(error), arguments)
    except typer.Abort:
        return INTERRUPTED
    except FileNotFoundError:
        if _is_somewhere():
            raise
        return _failed(BootstrapError('the current directory is no longer there', 'cd to another one'), arguments)
    except BrokenPipeError:
        # The reader of a pipe has gone.
        _drop_output()
        return REFUSED
    except OSError as error:
        if error.errno not in _UNWRITABLE or error.filename is not None:
            raise
        _drop_output()
        return _failed(BootstrapError(f'cannot write: {error.strerror}', 'make room, or write elsewhere'), arguments)
    return code if isinstance(code, int) else 0


def _commanded(arguments: list[str]) -> Any:
    return app(arguments, prog_name='raybootstrap', standalone_mode=False)


def _completed(arguments: list[str]) -> int:
    from bootstrap.cli import completing

    return completing.run(arguments[1:])


_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def _speak_utf8() -> None:
    """Manifests are UTF-8, and so is what shows them, as git does it, whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() != 'utf-8':
            stream.reconfigure(encoding='utf-8')


def _drop_output() -> None:
    # Python would complain once more when it flushes at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_somewhere() -> bool:
    try:
        return bool(os.getcwd())  # noqa: PTH109
    except FileNotFoundError:
        return False


def _usage(error: Any) -> BootstrapError:
    context = getattr(error, 'ctx', None)
    hint = f'{context.command_path} --help' if context else 'raybootstrap --help'
    return BootstrapError(error.format_message(), hint, exit_code=USAGE)


def _failed(error: BootstrapError, arguments: list[str]) -> int:
    from bootstrap import console

    asked = [value for name, value in itertools.pairwise(arguments) if name in ('-o', '--output')]
    asked += [word.partition('=')[2] for word in arguments if word.startswith('--output=')]
    output = (asked or [os.environ.get('RAYBOOTSTRAP_OUTPUT', '')])[-1]
    command = next((word for word in arguments if word in COMMANDS), '')
    return console.failed(error, as_json=output == 'json', command=command)
