from examples import scope

from bootstrap.rules import check


def test_nothing_is_found_in_the_skeletons() -> None:
    assert list(check.of_scope(scope())) == []
