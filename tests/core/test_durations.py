from __future__ import annotations

import pytest

from bootstrap import durations
from bootstrap.errors import BootstrapError


@pytest.mark.parametrize(
    ('text', 'seconds'), [('0s', 0), ('90s', 90), ('10m', 600), ('1h30m', 5400), ('2h', 7200), ('1h0m5s', 3605)]
)
def test_durations(text: str, seconds: int) -> None:
    assert durations.seconds(text, '--timeout') == seconds
    assert durations.seconds(durations.shown(seconds), '--timeout') == seconds


@pytest.mark.parametrize('text', ['', '10', 's', '-5s', '1.5h', '5s1m', '1d', ' 1m', '1m\n', '٣s', '99999999999s'])
def test_no_durations(text: str) -> None:
    with pytest.raises(BootstrapError) as refused:
        durations.seconds(text, '--timeout')
    assert refused.value.exit_code == 2
