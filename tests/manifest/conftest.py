"""What is read is read anew in each test."""

from __future__ import annotations

from bootstrap.manifest import documents, scalars


def pytest_runtest_setup() -> None:
    """Forget what an earlier test has read, which would hide that it could not be read now."""
    scalars.SEEN.clear()
    documents.stream.cache_clear()
