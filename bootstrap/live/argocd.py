"""An Application as Argo CD holds it, and what may be believed of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bootstrap.live.expected import ExpectedApplication
from bootstrap.rules.resource import at, mapping, sequence

_SOURCES = ('source', 'sources', 'destination', 'ignoreDifferences')


@dataclass(frozen=True)
class LiveApplication:
    """The object of an Application; a field that is missing is ''."""

    data: Mapping[str, Any]

    def _text(self, *path: str) -> str:
        return str(at(self.data, *path) or '')

    @property
    def sync(self) -> str:
        return self._text('status', 'sync', 'status')

    @property
    def health(self) -> str:
        return self._text('status', 'health', 'status')

    @property
    def revision(self) -> str:
        """What Argo CD compared with: a commit, or a chart's version."""
        found = sequence(at(self.data, 'status', 'sync', 'revisions'))
        return self._text('status', 'sync', 'revision') or ', '.join(map(str, found))

    @property
    def phase(self) -> str:
        """Of the last operation: Running, Terminating, Succeeded, Failed or Error."""
        return self._text('status', 'operationState', 'phase')

    @property
    def message(self) -> str:
        return self._text('status', 'operationState', 'message')

    @property
    def retries(self) -> int:
        found = at(self.data, 'status', 'operationState', 'retryCount')
        return found if isinstance(found, int) else 0

    @property
    def conditions(self) -> list[tuple[str, str]]:
        """Type and message of what Argo CD complains about."""
        found = map(mapping, sequence(at(self.data, 'status', 'conditions')))
        return [(str(one.get('type')), str(one.get('message') or '')) for one in found]

    @property
    def is_operating(self) -> bool:
        """Whether an operation runs, was asked for, or waits for its next try."""
        return 'operation' in self.data or self.phase in ('Running', 'Terminating')

    @property
    def has_failed(self) -> bool:
        """Whether the last operation has failed for good, on what Argo CD compared last."""
        if self.is_operating or self.phase not in ('Failed', 'Error'):
            return False
        tried = mapping(at(self.data, 'status', 'operationState', 'syncResult'))
        if not tried:
            return self.sync != 'Synced'
        revision = str(tried.get('revision') or ', '.join(map(str, sequence(tried.get('revisions')))))
        own = [mapping(self.data.get('spec')).get(key) for key in ('source', 'sources')]
        return revision == self.revision and [plain(tried.get(key)) for key in ('source', 'sources')] == plain(own)

    @property
    def operated_at(self) -> datetime | None:
        """When the last operation began."""
        return moment(at(self.data, 'status', 'operationState', 'startedAt'))

    @property
    def is_looked_at_since(self) -> bool:
        """Whether Argo CD has compared and judged again since the last operation ended."""
        finished = moment(at(self.data, 'status', 'operationState', 'finishedAt'))
        reconciled = moment(at(self.data, 'status', 'reconciledAt'))
        return finished is None or (reconciled is not None and reconciled >= finished)

    @property
    def is_compared_to_its_spec(self) -> bool:
        """Whether the verdict is about the sources, the destination and the ignored fields of the spec as it is now."""
        compared, spec = mapping(at(self.data, 'status', 'sync', 'comparedTo')), mapping(self.data.get('spec'))
        # An older Argo CD does not note which differences it ignored.
        own = [key for key in _SOURCES if key != 'ignoreDifferences' or key in compared]
        # A destination's server may be filled in from its name.
        there = {**mapping(compared.get('destination')), **mapping(spec.get('destination'))}
        same = {**mapping(spec.get('destination')), **mapping(compared.get('destination'))} == there
        return same and all(plain(compared.get(key)) == plain(spec.get(key)) for key in own if key != 'destination')

    def is_as_in(self, wanted: ExpectedApplication) -> bool:
        """Whether sources, destination, project and ignored fields are those of the manifest in Git."""
        spec = mapping(self.data.get('spec'))
        return all(plain(wanted.spec.get(key)) == plain(spec.get(key)) for key in (*_SOURCES, 'project'))


def plain(value: Any) -> Any:
    """A spec without what Argo CD leaves out when it writes one: empty values and false, but for a chart's values."""
    if isinstance(value, dict):
        parts = {key: one if key == 'valuesObject' else plain(one) for key, one in value.items()}
        return {key: one for key, one in parts.items() if key == 'valuesObject' or not _is_nothing(one)}
    return [plain(one) for one in value] if isinstance(value, list) else value


def _is_nothing(value: Any) -> bool:
    return value is None or value is False or value in ('', [], {})


def moment(text: Any) -> datetime | None:
    """A point in time as Kubernetes writes it; None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text.replace('Z', '+00:00'))
    except ValueError:
        return None
    return found if found.tzinfo else None
