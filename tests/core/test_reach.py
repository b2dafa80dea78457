from __future__ import annotations

from bootstrap import manifest, reach, skeletons
from bootstrap.tree import Files, Tree

FILE = 'environments/example/applications/raycluster.yaml'
VALUES = ('spec', 'source', 'helm', 'valuesObject')
BEFORE = skeletons.read('environment/applications/raycluster.yaml')


def notes(*path: str, value: object) -> list[str]:
    tree = Tree(Files({FILE: BEFORE}))
    return reach.notes(tree, tree.put(FILE, manifest.put(BEFORE, (*VALUES, *path), value)))


def test_what_reaches_running_pods_is_told_apart() -> None:
    [bounds] = notes('worker', 'maxReplicas', value=9)
    assert bounds.startswith('standard-worker: maxReplicas reaches the running RayCluster with the sync')
    [later] = notes('worker', 'priorityClassName', value='batch')
    assert 'reaches only pods that start from then on' in later
    assert '-l ray.io/cluster=raycluster-kuberay,ray.io/group=standard-worker' in later
    [anew] = notes('head', 'autoscalerOptions', 'idleTimeoutSeconds', value=60)
    assert 'holds from the sync on' in anew
    [image] = notes('image', 'tag', value='2.53.0')
    assert 'those of another Ray version cannot join it' in image


def test_names_out_of_a_file_stay_on_their_line() -> None:
    [note] = notes('worker', 'a\n\nRaybootstrap-Allow: RB701=x', value=1)
    assert '\n' not in note
