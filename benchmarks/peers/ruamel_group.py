"""A worker group by the usual means: ruamel.yaml round trip, GitPython's index, a commit. It checks nothing."""

import sys
from pathlib import Path

import git
from ruamel.yaml import YAML

if __name__ == '__main__':
    folder, environment = Path(sys.argv[1]), sys.argv[2]
    path = folder / 'environments' / environment / 'applications' / 'raycluster.yaml'
    yaml = YAML()
    data = yaml.load(path)
    values = data['spec']['source']['helm']['valuesObject']
    values.setdefault('additionalWorkerGroups', {})['gpu'] = {
        'replicas': 0,
        'minReplicas': 0,
        'maxReplicas': 8,
        'resources': {kind: {'cpu': '8', 'memory': '64Gi'} for kind in ('requests', 'limits')},
    }
    with path.open('w') as file:
        yaml.dump(data, file)
    repository = git.Repo(folder)
    repository.index.add([str(path)])
    repository.index.commit('Add worker group gpu')
