"""kubectl: the one way to Kubernetes, so that the user's kubeconfig, login plugins and proxies apply unasked."""

from __future__ import annotations

import enum
import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bootstrap.errors import BootstrapError
from bootstrap.words import sanitise

# Who set a field, as `managedFields` tells it.
FIELD_MANAGER = 'raybootstrap'

# kubectl counts each of its requests; this is what the whole call may take besides.
_GRACE = 10


class Reason(enum.Enum):
    """Why Kubernetes gave no answer."""

    NO_KUBECTL = 'no kubectl'
    NO_CONTEXT = 'no context'
    UNREACHABLE = 'unreachable'
    TOO_SLOW = 'too slow'
    UNAUTHORIZED = 'unauthorized'
    FORBIDDEN = 'forbidden'
    NO_SUCH_KIND = 'no such kind'
    NOT_FOUND = 'not found'
    CONFLICT = 'conflict'
    REFUSED = 'refused'


class KubernetesError(BootstrapError):
    """kubectl or the API server said no; `reason` tells which no it was."""

    def __init__(self, message: str, hint: str, reason: Reason) -> None:
        super().__init__(message, hint)
        self.reason = reason


# What kubectl 1.24 to 1.34 print; first match counts.
_REASONS = (
    (Reason.NO_CONTEXT, r'context "?[^"]*"? does not exist|context was not found|no configuration has been provided'),
    (Reason.UNAUTHORIZED, r'Unauthorized|must be logged in|getting credentials: exec|provide credentials'),
    (Reason.FORBIDDEN, r'\(Forbidden\)| is forbidden|forbidden: '),
    (Reason.NO_SUCH_KIND, r"doesn't have a resource type|no matches for kind|could not find the requested resource"),
    (Reason.NOT_FOUND, r'\(NotFound\)'),
    (Reason.CONFLICT, r'Apply failed with \d+ conflict|\(Conflict\)'),
    (
        Reason.TOO_SLOW,
        r'context deadline exceeded|Client\.Timeout|i/o timeout|TLS handshake timeout|\(Timeout\)|request timed out',
    ),
    (
        Reason.UNREACHABLE,
        (
            r'connection to the server .* was refused|Unable to connect|dial tcp|no such host|connection reset|x509|EOF'
            r'|proxyconnect|ServiceUnavailable|error trying to reach'
        ),
    ),
)

_HINTS = {
    Reason.NO_CONTEXT: 'kubectl config get-contexts, then --context NAME',
    Reason.UNAUTHORIZED: 'log in to the Kubernetes cluster, then run it again',
    Reason.FORBIDDEN: 'ask for the right, or name a context that has it with --context',
    Reason.NO_SUCH_KIND: 'see that --context names the right Kubernetes cluster and that the CRDs are installed',
    Reason.NOT_FOUND: 'raybootstrap status',
    Reason.CONFLICT: 'somebody else owns these fields: see managedFields, then change them there',
    Reason.TOO_SLOW: 'check the network or the load of the API server, then run it again',
    Reason.UNREACHABLE: 'check the network, the proxy and --context, then run it again',
    Reason.REFUSED: 'kubectl version',
}


@dataclass(frozen=True)
class Kubectl:
    """kubectl for one context of the user's kubeconfig; None is the current one.

    `seconds` is what one request may take. Every method raises `KubernetesError`.
    """

    context: str | None = None
    seconds: float = 20

    def get(self, kind: str, name: str, namespace: str | None = None) -> dict[str, Any] | None:
        """One object; None where there is none of that name. `kind` is plural and has its group: `pods`,
        `applications.argoproj.io`.
        """
        words = ['get', kind, name, *_in(namespace), '--ignore-not-found', '-o', 'json']
        printed = self.run(words)
        return mapping_in(printed) if printed.strip() else None

    def listed(
        self, kind: str, namespace: str | None = None, *, labels: str = '', fields: str = '', names: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """The objects of a kind: in a namespace, with labels or fields (selectors), or those of the names that are."""
        return items_in(self.run(listing(kind, namespace, labels=labels, fields=fields, names=names)))

    def apply(self, manifest: str, namespace: str, *, dry_run: bool = False) -> dict[str, Any]:
        """Server-side apply of one document to a namespace; the object as it is then, or as it would be."""
        words = ['apply', '--server-side', f'--field-manager={FIELD_MANAGER}', *_in(namespace), '--filename=-']
        words += ['--dry-run=server'] if dry_run else []
        return mapping_in(self.run([*words, '-o', 'json'], given=manifest))

    def run(self, words: Sequence[str], given: str | None = None) -> str:
        """What kubectl prints on stdout. No word is ever a user's text that could be an option."""
        try:
            done = subprocess.run(
                self.line(words),
                input=None if given is None else given.encode(),
                stdin=subprocess.DEVNULL if given is None else None,
                capture_output=True,
                timeout=self.seconds + _GRACE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise self.too_slow(self.seconds + _GRACE) from None
        except OSError as error:
            raise cannot_start(error) from None
        if done.returncode != 0:
            raise self.failure(done.stderr.decode(errors='replace'))
        return done.stdout.decode(errors='replace')

    def line(self, words: Sequence[str]) -> list[str]:
        """The command line for a process of one's own, such as a port-forward."""
        context = [] if self.context is None else [f'--context={self.context}']
        return [_program(), *context, f'--request-timeout={self.seconds:g}s', *words]

    @property
    def place(self) -> str:
        """Whom it talks to, in words."""
        return 'the current context' if self.context is None else f'context {self.context}'

    def too_slow(self, seconds: float) -> KubernetesError:
        """The error of a kubectl that was given up."""
        said = f'kubectl did not answer within {seconds:.3g} seconds ({self.place})'
        return KubernetesError(said, _HINTS[Reason.TOO_SLOW], Reason.TOO_SLOW)

    def failure(self, printed: str) -> KubernetesError:
        """The error in what a kubectl that failed wrote to stderr."""
        said = said_by_kubectl(printed)
        reason = next((one for one, words in _REASONS if re.search(words, said)), Reason.REFUSED)
        return KubernetesError(f'kubectl ({self.place}): {said}', _HINTS[reason], reason)


def cannot_start(error: OSError) -> KubernetesError:
    """The error where the system does not start kubectl."""
    said = f'{_program()}: cannot be started ({error.strerror})'
    return KubernetesError(said, 'reinstall kubectl', Reason.NO_KUBECTL)


def listing(
    kind: str, namespace: str | None = None, *, labels: str = '', fields: str = '', names: Sequence[str] = ()
) -> list[str]:
    """The words with which kubectl lists objects as `Kubectl.listed` does; `items_in` reads what it prints."""
    words = ['get', kind, *names, *_in(namespace), '-o', 'json']
    words += ['--ignore-not-found'] if names else []
    words += [f'--selector={labels}'] if labels else []
    return [*words, f'--field-selector={fields}'] if fields else words


def items_in(printed: str) -> list[dict[str, Any]]:
    """The objects that kubectl printed as JSON: one by itself, several in a List, none where nothing was found."""
    if not printed.strip():
        return []
    found = mapping_in(printed)
    items = found.get('items') if str(found.get('kind', 'List')).endswith('List') else [found]
    if not isinstance(items, list) or not all(map(_is_object, items)):
        raise KubernetesError('kubectl printed no list of objects', 'kubectl version', Reason.REFUSED)
    return items


def _is_object(item: Any) -> bool:
    metadata = item.get('metadata') if isinstance(item, dict) else None
    return isinstance(metadata, dict) and isinstance(metadata.get('name'), str)


def said_by_kubectl(printed: str) -> str:
    """The reason in what kubectl wrote to stderr, in one line, safe to show."""
    # client-go logs with klog's header what kubectl then says in plain words.
    lines = [line.strip() for line in sanitise(printed).splitlines()]
    plain = [line for line in lines if line and not re.match(r'[EWIF]\d{4} |Warning: ', line)]
    return '; '.join(plain) or '; '.join(filter(None, lines)) or 'kubectl gave no reason'


def _program() -> str:
    program = shutil.which('kubectl')
    if program is None:
        raise KubernetesError(
            'kubectl is not installed or not on the PATH',
            'install kubectl (https://kubernetes.io/docs/tasks/tools)',
            Reason.NO_KUBECTL,
        )
    return program


def _in(namespace: str | None) -> list[str]:
    return [] if namespace is None else [f'--namespace={namespace}']


def mapping_in(printed: str) -> dict[str, Any]:
    """The JSON object that kubectl printed."""
    try:
        found = json.loads(printed)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise KubernetesError('kubectl printed no JSON object', 'kubectl version', Reason.REFUSED)
    return found
