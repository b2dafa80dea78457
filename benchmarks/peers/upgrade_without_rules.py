"""`upgrade --all-envs` without what is no editing: reads, plans, describes and commits; no rules, no notes."""

import gc
import sys
from pathlib import Path

from bootstrap import proposal
from bootstrap.context import Context
from bootstrap.kuberay import checked_kuberay_version
from bootstrap.plans import upgrade
from bootstrap.proposal import Proposal
from bootstrap.reading import commit_of
from bootstrap.repository import RefUpdate, open_repository
from bootstrap.tree import Tree, changes

if __name__ == '__main__':
    gc.disable()
    repository = open_repository(Path(sys.argv[1]), writes=True)
    if repository is None:
        sys.exit(f'{sys.argv[1]}: no repository')
    with repository, repository.lock():
        base = commit_of(repository, 'main')
        before = Tree(repository.source(base))
        to = upgrade.Upgrade(checked_kuberay_version(sys.argv[2]))
        after = upgrade.plan(before, Context(), (), to, everywhere=True)
        found = changes(before, after)
        message = proposal.message(Proposal('Upgrade', 'upgrade', found))
        oid = repository.write_commit(base, found, message, sign=None)
        repository.update_refs([RefUpdate('refs/heads/raybootstrap/upgrade-all', oid, '')])
