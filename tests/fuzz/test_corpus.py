"""What fuzzing kept, and some bytes of no kind, through the same harnesses: without atheris, in every run."""

from __future__ import annotations

import importlib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fuzz import FOLDER, HARNESSES

_SAMPLES = {'editor': 300, 'rules': 20, 'texts': 100}


def kept() -> Iterator[Any]:
    for name in HARNESSES:
        for path in sorted((FOLDER / 'corpus' / name).iterdir()):
            yield pytest.param(name, path, id=f'{name}-{path.name}')


@pytest.mark.parametrize(('name', 'path'), list(kept()))
def test_what_was_kept(name: str, path: Path) -> None:
    importlib.import_module(HARNESSES[name]).one(path.read_bytes())


@pytest.mark.parametrize(('name', 'most'), list(_SAMPLES.items()))
def test_any_bytes(name: str, most: int) -> None:
    chance = random.Random(0)
    for _ in range(most):
        importlib.import_module(HARNESSES[name]).one(chance.randbytes(chance.choice([20, 80, 300, 1200])))
