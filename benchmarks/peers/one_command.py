"""A Typer app of one command, as a tutorial has it."""

import typer

app = typer.Typer()


@app.command()
def hello(name: str, formal: bool = False) -> None:
    """Say hello."""
    typer.echo(f'Good day, {name}.' if formal else f'Hello {name}')


if __name__ == '__main__':
    app()
