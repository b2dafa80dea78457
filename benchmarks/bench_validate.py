"""Every rule over everything, against reading the same files and doing nothing."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from fleets import World
from measuring import RAYBOOTSTRAP, Command, alternating, median
from results import PAIRED, Section, judged, paired

_PEER = Path(__file__).parent / 'peers' / 'load.py'
_KUSTOMIZE = (
    'for folder in environments/*/applications; do (cd "$folder" && '
    '{ echo \'resources:\'; for f in *.yaml; do echo "- $f"; done; } > kustomization.yaml && '
    'kubectl kustomize . > /dev/null; rm -f kustomization.yaml) || exit 1; done'
)


def check(world: World) -> Section:
    """Every rule over everything, against reading the same files and doing nothing."""
    size = world.sizes[-1]
    place = world.repository(size)
    ours, theirs = alternating(
        [
            Command([*RAYBOOTSTRAP, 'validate'], place),
            Command([sys.executable, str(_PEER), str(place)], place),
        ],
        world.runs,
    )
    section = Section(f'`validate` of {size:,} environments with {world.groups} worker groups', PAIRED)
    section.rows.append(
        paired('`validate`, one process', 'loading the files with `yaml.CSafeLoader`', ours, theirs, 1.5)
    )
    memory = median(ours).memory
    section.rows.append(['its peak memory', '', f'{memory:.0f} MiB', '', '', *judged(memory, 64, ' MiB')])
    # Others are so slow that a tenth has to do.
    tenth = world.repository(max(1, size // 10))
    others = {
        'yamllint': ['yamllint', '-d', 'relaxed', 'environments'],
        'kubectl kustomize of each folder': ['sh', '-c', _KUSTOMIZE],
    }
    for name, words in others.items():
        program = 'kubectl' if name.startswith('kubectl') else words[0]
        if shutil.which(program) is None:
            section.rows.append(['`validate`', name, '', '', 'not installed', '', ''])
            continue
        own, peer = alternating(
            [Command([*RAYBOOTSTRAP, 'validate'], tenth), Command(words, tenth, codes=(0, 1))], max(1, world.runs // 2)
        )
        section.rows.append(paired(f'`validate` of {max(1, size // 10):,}', name, own, peer, None))
    return section
