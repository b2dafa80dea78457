"""Sync options: those of an Application's sync policy, and those that an annotation gives to what it renders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bootstrap.manifest import Path
from bootstrap.parameters import SOURCE, VALUES
from bootstrap.rules import fixes
from bootstrap.rules.resource import Application
from bootstrap.rules.rule import Fix

ANNOTATION = 'argocd.argoproj.io/sync-options'
OPTIONS: Path = ('spec', 'syncPolicy', 'syncOptions')
ON_ITSELF: Path = ('metadata', 'annotations', ANNOTATION)
ON_CRDS: Path = (*SOURCE, 'kustomize', 'commonAnnotations', ANNOTATION)
ON_RAYCLUSTER: Path = (*VALUES, 'annotations', ANNOTATION)


class SyncOption(NamedTuple):
    """An option and where it stands: an item of a list, or a part of an annotation's text."""

    text: str
    path: Path

    @property
    def of_application(self) -> bool:
        return self.path[:-1] == OPTIONS


def of_application(application: Application) -> Iterator[SyncOption]:
    """The options in its sync policy."""
    for option in application.sync_options:
        yield SyncOption(option, application.sync_option_path(option))


def annotated(application: Application, path: Path) -> Iterator[SyncOption]:
    """The options in the annotation at a path."""
    text = application.at(*path)
    if isinstance(text, str):
        # Argo CD splits at commas and trims (argo-cd util/argo/resource annotations).
        yield from (SyncOption(option.strip(), path) for option in text.split(',') if option.strip())


def find(application: Application, option: str, *annotations: Path) -> SyncOption | None:
    """The option where it stands, in the sync policy or in one of the annotations."""
    if application.has_sync_option(option):
        return SyncOption(option, application.sync_option_path(option))
    found = (one for path in annotations for one in annotated(application, path) if one.text == option)
    return next(found, None)


def adding(application: Application, option: str) -> Fix:
    """Puts the option into the sync policy."""
    return fixes.append(application, OPTIONS, option)


def removing(application: Application, option: SyncOption) -> Fix:
    if option.of_application:
        return fixes.drop_item(application, option.path)
    left = [one.text for one in annotated(application, option.path) if one.text != option.text]
    return fixes.put(application, option.path, ','.join(left)) if left else fixes.drop(application, option.path)


def swapping(application: Application, option: SyncOption, other: str) -> Fix:
    """Puts another option in its place."""
    if option.of_application:
        return fixes.replace_item(application, option.path, other)
    texts = [one.text for one in annotated(application, option.path)]
    swapped = dict.fromkeys(other if text == option.text else text for text in texts)
    return fixes.put(application, option.path, ','.join(swapped))
