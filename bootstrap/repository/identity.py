"""Who commits: what the user has said, never what git would make up from the machine's names."""

from __future__ import annotations

from collections.abc import Mapping

from bootstrap.errors import BootstrapError
from bootstrap.repository.config import Config


def check(config: Config, environment: Mapping[str, str]) -> None:
    """Raise unless name and address of author and committer are given, in the places git looks at (git-var(1))."""
    for role in ('author', 'committer'):
        name, address = given(config, environment, role)
        for value, key, example in ((name, 'name', 'Your Name'), (address, 'email', 'you@example.com')):
            if not value:
                raise BootstrapError(
                    f'git does not know the {key} of the {role}', f'git config --global user.{key} "{example}"'
                )


def given(config: Config, environment: Mapping[str, str], role: str) -> tuple[str | None, str | None]:
    """Name and address of the author or committer, as far as they are given."""
    name = environment.get(f'GIT_{role.upper()}_NAME') or config.get(f'{role}.name') or config.get('user.name')
    address = (
        environment.get(f'GIT_{role.upper()}_EMAIL')
        or config.get(f'{role}.email')
        or config.get('user.email')
        or environment.get('EMAIL')
    )
    return name, address
