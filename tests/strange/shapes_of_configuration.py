"""What users set in git: identity, signing, hooks, and the many settings that change what git prints."""

from __future__ import annotations

import shutil
import subprocess

from git_world import git, script
from strange_world import Make, Place, Refusal, Shape


def settings(*pairs: str) -> Make:
    return lambda place: place.configure(*pairs)


def hook(name: str, text: str) -> Make:
    return lambda place: script(place.work / '.git' / 'hooks' / name, text)


def hooks_path(place: Place) -> None:
    for name in ('pre-commit', 'post-commit', 'post-checkout', 'reference-transaction', 'prepare-commit-msg'):
        script(place.work / 'ours' / name, f'touch {place.work}/{name}')
    script(place.work / 'ours' / 'commit-msg', 'echo "Ticket: OPS-1" >> "$1"')
    place.configure('core.hooksPath=ours')


def without_identity(place: Place) -> None:
    place.home_configuration.write_text('[user]\n\tuseConfigOnly = true\n')


def without_email(place: Place) -> None:
    place.home_configuration.write_text('[user]\n\tname = Ada\n')


def odd_identity(place: Place) -> None:
    place.home_configuration.write_text('[user]\n\tname = Åsa <X>\n\temail = "asa@ex ample"\n')


def empty_identity(place: Place) -> None:
    place.home_configuration.write_text('[user]\n\tname = ".,;"\n\temail = a@example.com\n')


def in_latin1(place: Place) -> None:
    place.configure('i18n.commitEncoding=ISO-8859-1', 'i18n.logOutputEncoding=UTF-16')
    (place.work / 'other.txt').write_text('two\n')
    (place.top / 'message').write_bytes(b'caf\xe9\n')
    place.git('commit', '--quiet', '--all', '--file', str(place.top / 'message'))
    place.git('push', '--quiet', 'origin', 'main')


def signed_with_ssh(place: Place) -> None:
    key = place.top / 'key'
    subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', str(key)], check=True)
    place.configure('commit.gpgSign=true', 'gpg.format=ssh', f'user.signingKey={key}.pub')


def signed_with_gpg(place: Place) -> None:
    home = place.top / 'gnupg'
    home.mkdir(mode=0o700)
    place.monkeypatch.setenv('GNUPGHOME', str(home))
    options = ('--batch', '--quiet', '--passphrase', '', '--quick-generate-key', 'Ada <ada@example.com>', 'ed25519')
    subprocess.run(['gpg', *options, 'sign'], check=True, capture_output=True)
    place.configure('commit.gpgSign=true', 'log.showSignature=true')


def without_key(*pairs: str) -> Make:
    return lambda place: place.configure('commit.gpgSign=true', *pairs)


def read_only_hooks(place: Place) -> None:
    (place.work / '.git' / 'hooks').write_text('a file\n')


def included(place: Place) -> None:
    """Configuration from elsewhere, and one of the work tree alone."""
    (place.top / 'included').write_text('[user]\n\tname = Included\n[remote "origin"]\n\tproxy =\n')
    place.configure(f'includeIf.gitdir:{place.work}/.path={place.top}/included')
    place.git('config', 'core.repositoryFormatVersion', '1')
    place.configure('extensions.worktreeConfig=true')
    git(place.work, 'config', '--worktree', 'core.fileMode', 'false')


LOUD = (
    *('color.ui=always', 'color.branch=always', 'color.advice=always', 'column.ui=always', 'core.pager=false'),
    *('core.quotePath=true', 'log.decorate=full', 'log.showRoot=false', 'log.follow=true', 'log.date=relative'),
    *('format.pretty=oneline', 'log.mailmap=false', 'log.diffMerges=on', 'diff.noprefix=true', 'diff.external=false'),
    *('diff.mnemonicPrefix=true', 'diff.renames=copies', 'core.abbrev=4', 'status.short=true', 'push.verbose=true'),
    *(
        'diff.ignoreSubmodules=all',
        'diff.orderFile=/nowhere',
        'core.logAllRefUpdates=always',
        'advice.pushFetchFirst=0',
    ),
)
TRAILERS = ('trailer.separators==#', 'trailer.where=start', 'trailer.ifexists=replace', 'core.commentChar=auto')
PUSHING = (
    'push.default=nothing',
    'push.followTags=true',
    'push.autoSetupRemote=true',
    'push.gpgSign=if-asked',
    'push.useForceIfIncludes=true',
)
MATCHING = ('push.default=matching', 'remote.origin.push=refs/heads/*:refs/heads/*', 'remote.origin.mirror=true')
FETCHING = (
    'fetch.prune=true',
    'fetch.pruneTags=true',
    'fetch.fsckObjects=true',
    'fetch.unpackLimit=1',
    'fetch.all=true',
)
STORING = ('core.sharedRepository=group', 'core.bigFileThreshold=1', 'core.compression=0', 'pack.indexVersion=1')
COMMITTING = (
    'commit.template=/nowhere/template',
    'commit.verbose=true',
    'commit.cleanup=scissors',
    'commit.status=true',
)
MERGING = (
    'merge.ff=false',
    'pull.rebase=true',
    'rebase.autoStash=true',
    'merge.conflictStyle=zdiff3',
    'rerere.enabled=1',
)

NOBODY = Refusal('git does not know the (name|email) of the author', 'git config --global user.')
UNSIGNED = Refusal('cannot make the commit: ', '--no-sign')
COMMIT_MSG = Refusal('the commit-msg hook refused the message: no ticket', '--message')

SHAPES = [
    Shape('no identity, user.useConfigOnly', without_identity, writes=NOBODY),
    Shape('no email', without_email, writes=NOBODY),
    Shape('an odd identity', odd_identity),
    Shape(
        'an identity of which nothing is left',
        empty_identity,
        writes=Refusal('disallowed characters', 'user.name'),
        late=True,
    ),
    Shape('commit encoding', in_latin1),
    Shape('signed with ssh', signed_with_ssh),
    Shape(
        'signed with ssh, no key',
        without_key('gpg.format=ssh', 'user.signingKey=/nowhere/key'),
        writes=UNSIGNED,
        late=True,
    ),
    Shape('signed with gpg', signed_with_gpg, skip='' if shutil.which('gpg') else 'gpg is not installed'),
    Shape('signed with gpg, no key', without_key('user.signingKey=nobody@example.com'), writes=UNSIGNED, late=True),
    Shape('signed with gpg, no gpg', without_key('gpg.program=/nowhere/gpg'), writes=UNSIGNED, late=True),
    Shape('commit-msg refuses', hook('commit-msg', 'echo "no ticket"; exit 1'), writes=COMMIT_MSG, late=True),
    Shape('other hooks refuse', hook('pre-commit', 'exit 1')),
    Shape('reference-transaction refuses', hook('reference-transaction', 'exit 1'), dirty=False),
    Shape('core.hooksPath', hooks_path, dirty=False),
    Shape('hooks is a file', read_only_hooks),
    Shape('settings of commands', settings(*COMMITTING, *MERGING, *PUSHING, *FETCHING, *STORING)),
    Shape('push.default=matching, and a mirror', settings(*MATCHING)),
    Shape('settings of what is printed', settings(*LOUD, *TRAILERS), dirty=False),
    Shape('aliases of commands', settings('alias.push=!false', 'alias.log=!false', 'alias.cat-file=!false')),
    Shape('included configuration', included),
]
