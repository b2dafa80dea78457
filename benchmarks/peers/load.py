"""Loads every manifest of an environment folder with PyYAML's fastest safe loader, and does nothing with it."""

import sys
from pathlib import Path

import yaml

if __name__ == '__main__':
    loader = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)
    for path in sorted(Path(sys.argv[1]).glob('environments/**/*.yaml')):
        for _ in yaml.load_all(path.read_text(), loader):
            pass
