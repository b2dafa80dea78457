from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from world import Shell

EXAMPLES = str(Path(__file__).parents[2])


def test_text(shell: Shell) -> None:
    assert shell('-C', EXAMPLES, 'graph', '--env', 'staging').out == (
        'staging-ray  environments/staging/applications, at main\n'
        '└── staging-raycluster  wave 0, ray-cluster 1.7.0, to ray-staging\n'
        '    └── raycluster-kuberay  Ray 2.52.0, autoscaler v2\n'
        '        ├── head  1 pod of 1 CPU, 5Gi\n'
        '        └── standard-worker  1 to 200 pods of 1 CPU, 1Gi\n'
    )
    assert shell('-C', EXAMPLES, 'graph').out.count('\n\n') == 2


def test_other_formats(shell: Shell) -> None:
    assert shell('-C', EXAMPLES, 'graph', '-o', 'mermaid').out.startswith('flowchart LR\n  n0(["dev-ray<br>')
    picture = ElementTree.fromstring(shell('-C', EXAMPLES, 'graph', '-o', 'svg').out)
    assert picture.findtext('{http://www.w3.org/2000/svg}title') == 'dev-ray, prod-ray, staging-ray'
    data = json.loads(shell('-C', EXAMPLES, 'graph', '--env', 'prod', '-o', 'json').out)
    assert [one['wave'] for one in data['roots'][0]['children']] == [-20, -10, 0]


def test_mistakes(folder: Path, shell: Shell) -> None:
    assert shell('graph')[::2] == (1, 'error: there is no environment\nhint: raybootstrap init --env NAME\n')
    assert shell('graph', '-o', 'png').code == 2
    assert shell('graph', '--env', 'prod').code == 1
    assert folder.is_dir()
