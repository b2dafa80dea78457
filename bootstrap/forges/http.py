"""Requests to a forge's API: bounded in time, size and number, and never followed to another place."""

from __future__ import annotations

import json
import queue
import re
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote, urlencode, urlsplit

import urllib3

from bootstrap import __version__
from bootstrap.errors import NO_PULL_REQUEST, BootstrapError
from bootstrap.forges import refusals
from bootstrap.forges.address import Forge
from bootstrap.forges.token import Token
from bootstrap.words import sanitise

Made = TypeVar('Made')
TRIES = 3
TOTAL_SECONDS = 120
_LONGEST_WAIT = 60
_CONNECT_SECONDS = 10
_READ_SECONDS = 20
_PROBE_SECONDS = 4
_MOST_BYTES = 1 << 20
_AGENT = f'raybootstrap/{__version__}'


class Answer(NamedTuple):
    """`data` is None where the body is no JSON; headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    data: Any
    body: str


class UnsureError(BootstrapError):
    """It is not known whether the forge did what it was asked."""


class ExistsError(BootstrapError):
    """The forge has a pull request of this branch, or is in another state than expected."""


@dataclass
class Api:
    """One forge with one token. All its requests together take no more than two minutes from the first on."""

    forge: Forge
    token: Token
    wait: Callable[[float], None] = field(default=time.sleep, repr=False)
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    read_seconds: float = _READ_SECONDS
    _end: float | None = field(default=None, repr=False)

    def get(self, path: str, **query: str | int) -> Any:
        """The JSON of an answer; tried again where that may help."""
        return self.send('GET', path + (f'?{urlencode(query)}' if query else ''))

    def whole(self, path: str) -> Answer:
        """The answer to a GET, with its headers; asked once."""
        answer = self._answer('GET', path, None)
        self._checked('GET', answer)
        return answer

    def send(self, method: str, path: str, data: object = None) -> Any:
        """As `get`, for a request that may be made twice without doing more than once."""
        for number in range(1, TRIES):
            try:
                return self.post(path, data, method=method)
            except UnsureError:
                self._pause(number)
        return self.post(path, data, method=method)

    def once(self, make: Callable[[], Made], find: Callable[[], Made | None]) -> Made:
        """What `make` makes; after a lost answer, or where it is there already, what `find` finds instead."""
        for number in range(1, TRIES + 1):
            try:
                return make()
            except (UnsureError, ExistsError) as error:
                if isinstance(error, UnsureError):
                    self._pause(number)
                if (found := find()) is not None:
                    return found
                if number == TRIES or isinstance(error, ExistsError):
                    raise
        raise AssertionError

    def post(self, path: str, data: object = None, *, method: str = 'POST') -> Any:
        """One request whose effect must not come twice; only where the forge says to come later, it is made again."""
        number = 1
        while True:
            answer = self._answer(method, path, data)
            seconds = refusals.seconds_to_wait(answer.status, answer.headers)
            if seconds is None:
                return self._checked(method, answer)
            if number == TRIES or seconds > min(_LONGEST_WAIT, self._left()):
                raise refusals.too_many(self.forge, seconds)
            self.wait(seconds)
            number += 1

    def _answer(self, method: str, path: str, data: object) -> Answer:
        headers = {'Accept': 'application/json', 'User-Agent': _AGENT, **self.token.headers(self.forge.kind)}
        body = None
        if data is not None:
            body = json.dumps(data).encode()
            headers['Content-Type'] = 'application/json'
        # GitHub's GraphQL stands beside its API, on the same host.
        url = path if path.startswith('http') else self.forge.api + path
        try:
            return _within(self._left(), lambda: _request(method, url, headers, body, self.read_seconds))
        except (urllib3.exceptions.HTTPError, OSError, queue.Empty, _TooLargeError, ValueError) as error:
            raise self._failure(error) from None

    def _failure(self, error: Exception) -> BootstrapError:
        if isinstance(error, _TooLargeError):
            return self._refusal('answers with more than 1 MiB', 'check --forge and --forge-url')
        reason = sanitise(self.token.hidden_in(_reason(error)))
        if isinstance(error, urllib3.exceptions.SSLError | ssl.SSLError):
            return self._refusal(f'cannot be trusted: {reason}', 'add its CA to the system, or set SSL_CERT_FILE')
        hint = 'check the network and the proxy, then run it again to resume'
        return UnsureError(f'{self.forge.host} does not answer: {reason}', hint, exit_code=NO_PULL_REQUEST)

    def _checked(self, method: str, answer: Answer) -> Any:
        if answer.status >= 500:
            message = f'{self.forge.host} fails with {answer.status}'
            raise UnsureError(message, 'run it again later to resume', exit_code=NO_PULL_REQUEST)
        said = shorten(sanitise(self.token.hidden_in(refusals.words(answer.data))))
        if answer.status == 409 or (answer.status in (400, 422) and refusals.says_exists(said)):
            message = f'{self.forge.host} refuses ({answer.status}): {said or "a conflict"}'
            raise ExistsError(message, 'run it again to resume', exit_code=NO_PULL_REQUEST)
        if refusal := refusals.of(self.forge, self.token, answer.status, answer.headers, said):
            raise refusal
        if answer.status == 204 or (method == 'DELETE' and not answer.body):
            return {}
        if answer.data is None:
            what = 'HTML' if answer.body.lstrip().startswith('<') else 'something that is no JSON'
            message = f'{self.forge.host} answers with {what} instead of JSON'
            raise UnsureError(message, 'check --forge and --forge-url', exit_code=NO_PULL_REQUEST)
        return answer.data

    def _refusal(self, what: str, hint: str) -> BootstrapError:
        return BootstrapError(f'{self.forge.host} {what}', hint, exit_code=NO_PULL_REQUEST)

    def _pause(self, number: int) -> None:
        self.wait(min(2 ** (number - 1), self._left()))

    def _left(self) -> float:
        now = self.clock()
        if self._end is None:
            self._end = now + TOTAL_SECONDS
        if now >= self._end:
            raise self._refusal(f'took more than {TOTAL_SECONDS} seconds', 'run it again later to resume')
        return self._end - now


def asked(url: str) -> tuple[int, Mapping[str, str], Any] | None:
    """The answer to a GET by nobody in particular; None where there is none."""
    try:
        answer = _within(_PROBE_SECONDS, lambda: _request('GET', url, {'User-Agent': _AGENT}, None, _PROBE_SECONDS))
    except (urllib3.exceptions.HTTPError, OSError, queue.Empty, ValueError):
        return None
    except _TooLargeError:
        return 0, {}, None
    return answer.status, answer.headers, answer.data


def shorten(text: str) -> str:
    text = ' '.join(text.split())
    return text if len(text) <= 500 else f'{text[:499]}…'


class _TooLargeError(Exception):
    pass


def _request(method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float) -> Answer:
    timeout = urllib3.Timeout(connect=min(_CONNECT_SECONDS, seconds), read=seconds)
    with _pool(url) as pool:
        response = pool.request(
            *(method, url),
            body=body,
            headers=dict(headers),
            timeout=timeout,
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        content = response.read(_MOST_BYTES + 1)
        response.close()
    if len(content) > _MOST_BYTES:
        raise _TooLargeError
    text = content.decode('utf-8', 'replace')
    return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, _json(text), text)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _pool(url: str) -> urllib3.PoolManager:
    """Through the environment's proxy, with the system's CAs."""
    parts = urlsplit(url)
    context = ssl.create_default_context() if parts.scheme == 'https' else None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get('all')
    if not proxy or urllib.request.proxy_bypass(parts.netloc):
        return urllib3.PoolManager(ssl_context=context)
    user, at, place = proxy.partition('://')[2].rpartition('@')
    headers = urllib3.make_headers(proxy_basic_auth=unquote(user)) if at else None
    scheme = proxy.partition('://')[0] if '://' in proxy else 'http'
    address = f'{scheme}://{place or proxy.rpartition("@")[2]}'
    return urllib3.ProxyManager(address, proxy_headers=headers, ssl_context=context)


def _within(seconds: float, work: Callable[[], Answer]) -> Answer:
    """What `work` returns or raises; `queue.Empty` where it is not done in time.

    A socket's timeout neither bounds the look-up of a name nor an answer that comes a byte at a time.
    """
    done: queue.Queue[Answer | Exception] = queue.Queue()

    def run() -> None:
        try:
            done.put(work())
        except Exception as error:
            done.put(error)

    threading.Thread(target=run, daemon=True).start()
    result = done.get(timeout=seconds)
    if isinstance(result, Exception):
        raise result
    return result


def _reason(error: Exception) -> str:
    """The cause, without the addresses of objects that urllib3 puts before it."""
    timed_out = isinstance(error, queue.Empty | urllib3.exceptions.TimeoutError | TimeoutError)
    # To urllib3, a refused connection is a kind of timeout.
    if timed_out and not isinstance(error, urllib3.exceptions.NewConnectionError):
        return 'it took too long'
    return shorten(re.sub(r'<[^<>]*>:? ?|HTTPS?Connection(Pool)?\([^()]*\): ', '', str(error))) or type(error).__name__
