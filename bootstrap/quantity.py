"""Kubernetes quantities: '8', '500m', '64Gi'."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from bootstrap.errors import USAGE, BootstrapError

# The grammar and suffixes of k8s.io/apimachinery/pkg/api/resource.
_QUANTITY = re.compile(r'([+-]?(?:\d+\.?\d*|\.\d+))([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,3})?', re.ASCII)
_BINARY = {f'{unit}i': Decimal(1024) ** power for power, unit in enumerate('KMGTPE', 1)}
_DECIMAL = {unit: Decimal(1000) ** power for power, unit in enumerate('kMGTPE', 1)}
_FACTORS = {
    **_BINARY,
    **_DECIMAL,
    'n': Decimal('1e-9'),
    'u': Decimal('1e-6'),
    'm': Decimal('0.001'),
    '': Decimal(1),
}


def parse(value: object) -> Decimal | None:
    """The amount in base units (cores, bytes, pieces); None where it is no quantity."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    return _amount(str(value))


@lru_cache(maxsize=1024)
def _amount(text: str) -> Decimal | None:
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    number, suffix = Decimal(match[1]), match[2] or ''
    if suffix[:1] in ('e', 'E') and len(suffix) > 1 and suffix != 'Ei':
        return number.scaleb(int(suffix[1:]))
    return number * _FACTORS[suffix]


def show_bytes(amount: Decimal) -> str:
    """An amount of memory in the largest binary unit that keeps it short: '64Gi', '1.5Ti'."""
    for unit, factor in reversed(_BINARY.items()):
        if amount >= factor:
            return f'{_short(amount / factor)}{unit}'
    return _short(amount)


def show(amount: Decimal) -> str:
    """An amount of cores or pieces: '8', '0.5'."""
    return _short(amount)


def checked_cpu(text: str, option: str) -> str:
    amount = parse(text)
    if amount is None or amount <= 0 or not re.fullmatch(r'[\d.]+m?', text, re.ASCII):
        raise BootstrapError(f'{option} {text!a} is no number of CPUs', 'for example 8, 0.5 or 500m', exit_code=USAGE)
    return text


def checked_bytes(text: str, option: str) -> str:
    amount = parse(text)
    if amount is None or text[-1:] in 'num' or amount < 0:
        near = re.fullmatch(r'(\d+)\s*([KMGTP])i?[bB]', text, re.ASCII)
        example = f'{near[1]}{near[2]}i' if near else '64Gi'
        raise BootstrapError(f'{option} {text!a} is no quantity', f'for example {example}', exit_code=USAGE)
    if amount < _BINARY['Mi']:
        raise BootstrapError(
            f'{option} {text} is less than one Mi: a bare number counts bytes',
            f'for example {text if text.isdecimal() else 64}Gi',
            exit_code=USAGE,
        )
    return text


def _short(amount: Decimal) -> str:
    # Not quantize: it fails beyond the context's precision, and anybody may write memory: 1e60.
    text = f'{amount:.2f}'
    return text.rstrip('0').rstrip('.')
