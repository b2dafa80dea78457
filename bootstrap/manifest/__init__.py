"""Byte-minimal, self-checking edits of manifests."""

from bootstrap.manifest.documents import Document, Position, comments, load
from bootstrap.manifest.edits import append, comment, drop, get, put
from bootstrap.manifest.fields import Field, fields
from bootstrap.manifest.paths import MISSING, Path, Selector, where
from bootstrap.manifest.refusal import ManifestError, in_file
from bootstrap.manifest.write import dump

__all__ = [
    'MISSING',
    'Document',
    'Field',
    'ManifestError',
    'Path',
    'Position',
    'Selector',
    'append',
    'comment',
    'comments',
    'drop',
    'dump',
    'fields',
    'get',
    'in_file',
    'load',
    'put',
    'where',
]
