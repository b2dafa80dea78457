"""Names and texts as Kubernetes takes them."""

from __future__ import annotations

import re

from bootstrap.errors import USAGE, BootstrapError

# k8s.io/apimachinery/pkg/util/validation
_LABEL = re.compile(r'[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?')
_SUBDOMAIN = re.compile(r'(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*')
_QUALIFIED = re.compile(r'(?:(?P<prefix>[^/]+)/)?(?P<name>[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)')
_LABEL_VALUE = re.compile(r'([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?')
_ENVIRONMENT_VARIABLE = re.compile(r'[A-Za-z_][A-Za-z0-9_.-]*')
_SERVER = re.compile(r'https://([A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?(/[\w./~-]*)?', re.ASCII)


def checked_label(text: str, option: str) -> str:
    """A name of at most 63 characters: a namespace, a service account."""
    return _checked(_LABEL, text, option, 'at most 63 lowercase letters, digits and hyphens')


def checked_subdomain(text: str, option: str) -> str:
    """A name with dots: most objects have such."""
    return _checked(_SUBDOMAIN, text, option, 'lowercase letters, digits, hyphens and dots')


def checked_key(text: str, option: str) -> str:
    """A key of labels, annotations, node selectors and resources: `name` or `domain/name`."""
    match = _QUALIFIED.fullmatch(text)
    if match is None or (match['prefix'] and not _SUBDOMAIN.fullmatch(match['prefix'])):
        raise _refused(text, option, 'name, or domain/name')
    return text


def checked_label_value(text: str, option: str) -> str:
    return _checked(_LABEL_VALUE, text, option, 'at most 63 letters, digits, hyphens, underscores and dots')


def checked_variable(text: str, option: str) -> str:
    """A name of an environment variable."""
    return _checked(_ENVIRONMENT_VARIABLE, text, option, 'letters, digits and underscores')


def checked_server(text: str) -> str:
    """The address of a Kubernetes API server."""
    return _checked(_SERVER, text, '--dest-server', 'https://host:port')


def _checked(pattern: re.Pattern[str], text: str, option: str, form: str) -> str:
    if not pattern.fullmatch(text):
        raise _refused(text, option, form)
    return text


def _refused(text: str, option: str, form: str) -> BootstrapError:
    return BootstrapError(f'{option} {text!a} is none that Kubernetes takes', f'its form: {form}', exit_code=USAGE)
