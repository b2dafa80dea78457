"""raybootstrap options"""

from __future__ import annotations

import typer

from bootstrap.cli.shared import SHARED
from bootstrap.cli.writing_options import WRITING


def command() -> None:
    """Show the options that commands share; they stand before or after a command's name."""
    for title, options in (('Every command', SHARED), ('Every command that writes', WRITING)):
        typer.echo(f'{title}:')
        for annotation in options.values():
            option = annotation.__metadata__[0]
            names = ', '.join([option.default, *option.param_decls])
            value = f' {option.metavar}' if option.metavar else ''
            variable = f' [{option.envvar}]' if option.envvar else ''
            typer.echo(f'  {names + value:<28}  {option.help}{variable}')
        typer.echo()
