"""helm, which renders charts where a command is asked to."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator

from bootstrap.diagnosis import Mark, Verdict
from bootstrap.doctor.question import Question
from bootstrap.errors import BootstrapError
from bootstrap.words import sanitise

_SECONDS = 15
_INSTALL = 'install helm 3 or 4 (https://helm.sh/docs/intro/install)'


def verdicts(question: Question) -> Iterator[Verdict]:  # noqa: ARG001
    program = shutil.which('helm')
    if program is None:
        yield Verdict('helm', Mark.SKIPPED, 'not installed: only --rendered needs it', _INSTALL)
        return
    try:
        done = subprocess.run(
            [program, 'version', '--template={{.Version}}'],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BootstrapError(f'helm did not answer within {_SECONDS} seconds', 'reinstall helm') from None
    except OSError as error:
        raise BootstrapError(f'{program}: cannot be started ({error.strerror})', 'reinstall helm') from None
    version = re.match(r'v?(\d+)\.\d+\.\d+', done.stdout.decode(errors='replace').strip())
    if version is None:
        words = ' '.join(sanitise((done.stderr or done.stdout).decode(errors='replace')).split())
        raise BootstrapError(f'helm tells no version: {words[:300]}', 'reinstall helm')
    if int(version[1]) not in (3, 4):
        raise BootstrapError(f'helm {version[0]} is neither 3 nor 4', _INSTALL)
    yield Verdict('helm', Mark.OK, version[0])
