from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap import quantity
from bootstrap.errors import USAGE, BootstrapError


@pytest.mark.parametrize(
    ('text', 'amount'),
    [
        ('8', '8'),
        (8, '8'),
        (0.5, '0.5'),
        ('500m', '0.5'),
        ('.5', '0.5'),
        ('1.', '1'),
        ('64Gi', str(64 * 1024**3)),
        ('1.5Ki', '1536'),
        ('1G', '1000000000'),
        ('1k', '1000'),
        ('1e3', '1000'),
        ('1E3', '1000'),
        ('1E', '1000000000000000000'),
        ('1Ei', str(1024**6)),
        ('100u', '0.0001'),
        ('5n', '0.000000005'),
        ('-1', '-1'),
        ('+1', '1'),
        ('1e-3', '0.001'),
    ],
)
def test_quantities(text: object, amount: str) -> None:
    assert quantity.parse(text) == Decimal(amount)


@pytest.mark.parametrize(
    'value',
    [
        '',
        'x',
        '64GB',
        '64gi',
        '1 Gi',
        '1Gi ',
        '1,5',
        '0x10',
        '1e',
        '١',
        '1_000',
        True,
        None,
        [],
        float('inf'),
        float('nan'),
        '1e9999',
    ],
)
def test_what_is_none(value: object) -> None:
    assert quantity.parse(value) is None


@given(st.integers(0, 10**40), st.sampled_from(['', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'Ti', 'e3', 'E300']))
def test_every_quantity_can_be_shown(number: int, suffix: str) -> None:
    amount = quantity.parse(f'{number}{suffix}')
    assert amount is not None
    assert quantity.show(amount)
    assert quantity.show_bytes(amount)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_order_and_sums(one: int, other: int) -> None:
    first, second = quantity.parse(f'{one}Mi'), quantity.parse(f'{other}Mi')
    assert first is not None
    assert second is not None
    assert (first < second) == (one < other)
    assert first + second == quantity.parse(f'{one + other}Mi')


@pytest.mark.parametrize(
    ('amount', 'shown'),
    [
        ('0', '0'),
        ('1', '1'),
        ('100', '100'),
        ('0.5', '0.5'),
        ('0.126', '0.13'),
        ('1e30', '1' + 30 * '0'),
        ('1234567.891', '1234567.89'),
    ],
)
def test_cores(amount: str, shown: str) -> None:
    assert quantity.show(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ('text', 'shown'),
    [('64Gi', '64Gi'), ('1536Gi', '1.5Ti'), ('1Ki', '1Ki'), ('1000', '1000'), ('1G', '953.67Mi'), ('10Gi', '10Gi')],
)
def test_memory(text: str, shown: str) -> None:
    amount = quantity.parse(text)
    assert amount is not None
    assert quantity.show_bytes(amount) == shown


@pytest.mark.parametrize('text', ['8', '0.5', '500m', '1'])
def test_cpus(text: str) -> None:
    assert quantity.checked_cpu(text, '--cpu') == text


@pytest.mark.parametrize('text', ['0', '-1', '8Gi', '1e3', '', 'x', '0m', '1,5', '8 ', '+1', '1k'])
def test_no_cpus(text: str) -> None:
    with pytest.raises(BootstrapError) as caught:
        quantity.checked_cpu(text, '--cpu')
    assert caught.value.exit_code == USAGE


@pytest.mark.parametrize('text', ['64Gi', '1Mi', '1G', '1.5Ti', '5e9', '1048576'])
def test_bytes(text: str) -> None:
    assert quantity.checked_bytes(text, '--memory') == text


@pytest.mark.parametrize(
    ('text', 'hint'),
    [
        ('64GB', '64Gi'),
        ('64GiB', '64Gi'),
        ('64 GB', '64Gi'),
        ('64', '64Gi'),
        ('64k', '64Gi'),
        ('-1Gi', '64Gi'),
        ('500m', '64Gi'),
        ('lots', '64Gi'),
        ('', '64Gi'),
    ],
)
def test_no_bytes(text: str, hint: str) -> None:
    with pytest.raises(BootstrapError) as caught:
        quantity.checked_bytes(text, '--memory')
    assert caught.value.exit_code == USAGE
    assert caught.value.hint == f'for example {hint}'
