"""helm: what a chart renders with given values. Nothing but the chart's own repository is talked to."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import tempfile

from bootstrap.chart import Chart
from bootstrap.errors import BootstrapError
from bootstrap.words import sanitise

SECONDS = 120

# Helm hands any other scheme to a plugin, and takes a path for a chart of this machine.
_REPOSITORY = re.compile(r'https?://[^\s]+', re.ASCII)
_REGISTRY = re.compile(r'(?:oci://)?[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?(?:/[\w.-]+)*', re.ASCII)
_CHART = re.compile(r'[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*)*', re.ASCII)
_VERSION = re.compile(r'[\w.+*^~<>=|, -]+', re.ASCII)
_NAME = re.compile(r'[a-z0-9]([a-z0-9.-]*[a-z0-9])?', re.ASCII)
_UNREACHABLE = re.compile(
    r'dial tcp|no such host|connection re|timeout|timed out|x509|proxyconnect|cannot be reached|not a valid chart '
    r'repository|failed to fetch|40[134] |50\d ',
    re.IGNORECASE,
)


@functools.lru_cache(maxsize=64)
def template(chart: Chart) -> str:
    """The manifests that `helm template` renders."""
    _check(chart)
    helm = shutil.which('helm')
    if helm is None:
        raise BootstrapError(
            'helm is not installed or not on the PATH, so no chart can be rendered',
            'install helm (https://helm.sh/docs/intro/install), or leave out --rendered',
        )
    # In an empty folder: helm takes a folder of the chart's name for the chart.
    with tempfile.TemporaryDirectory(prefix='raybootstrap-') as folder:
        try:
            done = subprocess.run(
                [helm, *_arguments(chart)],
                input=chart.values.encode(),
                capture_output=True,
                cwd=folder,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BootstrapError(
                f'helm did not answer within {SECONDS} seconds for {chart}', 'check the network, or run it again'
            ) from None
        except OSError as error:
            raise BootstrapError(f'{helm}: cannot be started ({error.strerror})', 'reinstall helm') from None
    if done.returncode != 0:
        raise _failure(chart, sanitise(done.stderr.decode(errors='replace')))
    return done.stdout.decode(errors='replace')


def _arguments(chart: Chart) -> list[str]:
    is_http = _REPOSITORY.fullmatch(chart.repository)
    # Argo CD writes a registry without `oci://`.
    registry = f'oci://{chart.repository.removeprefix("oci://").rstrip("/")}'
    return [
        'template',
        chart.release,
        *([chart.name, f'--repo={chart.repository}'] if is_http else [f'{registry}/{chart.name}']),
        f'--version={chart.version}',
        *([f'--namespace={chart.namespace}'] if chart.namespace else []),
        *(['--values=-'] if chart.values else []),
        '--skip-crds' if chart.skip_crds else '--include-crds',
    ]


def _check(chart: Chart) -> None:
    fit = (
        (chart.repository, _REPOSITORY if '://' in chart.repository else _REGISTRY),
        (chart.name, _CHART),
        (chart.version, _VERSION),
        (chart.release, _NAME),
        (chart.namespace or 'default', _NAME),
    )
    if chart.repository.startswith('oci://'):
        fit = ((chart.repository, _REGISTRY), *fit[1:])
    for text, pattern in fit:
        if not pattern.fullmatch(text) or text.startswith('-'):
            raise BootstrapError(f'{text!a}: helm cannot render {chart}', 'raybootstrap validate')


def _failure(chart: Chart, words: str) -> BootstrapError:
    lines = [line.strip().removeprefix('Error: ') for line in words.splitlines()]
    said = '; '.join(line for line in lines if line and not line.startswith('WARNING')) or 'helm gave no reason'
    if re.search(r'not found in .* repository|no chart version found|chart .* matching .* not found', said):
        return BootstrapError(f'helm does not find {chart}: {said}', 'raybootstrap list versions')
    if _UNREACHABLE.search(said):
        return BootstrapError(
            f'helm cannot reach {chart}: {said}', 'check the network and the proxy, or leave out --rendered'
        )
    return BootstrapError(f'helm cannot render {chart}: {said}', 'raybootstrap validate')
