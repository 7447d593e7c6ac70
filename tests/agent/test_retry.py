from __future__ import annotations

import pytest

from devops_exe.agent.retry import LONGEST_WAIT, Attempts


class Broken(Exception):
    def __init__(self, after: float | None = None, *, worth: bool = True) -> None:
        super().__init__("broken")
        self.after = after
        self.worth = worth


def attempts(of: int = 5) -> Attempts:
    return Attempts(of, lambda e: (e.worth, "overloaded"), lambda e: e.after)


def test_each_failure_is_the_next_attempt():
    tries = attempts(3)
    assert tries.number == 1
    first, second = tries.again(Broken()), tries.again(Broken())
    assert [(r.attempt, r.of, r.reason) for r in (first, second)] == [
        (2, 3, "overloaded"),
        (3, 3, "overloaded"),
    ]
    error = Broken()
    with pytest.raises(Broken) as caught:
        tries.again(error)
    assert caught.value is error


def test_what_is_not_worth_it_is_raised():
    with pytest.raises(Broken):
        attempts().again(Broken(worth=False))


def test_one_attempt_is_no_retry():
    with pytest.raises(Broken):
        attempts(1).again(Broken())


@pytest.mark.parametrize("after", [0.0, 3.0, LONGEST_WAIT])
def test_the_services_wish_is_obeyed_up_to_the_cap(after):
    assert after <= attempts().again(Broken(after)).seconds <= after + 0.1


def test_a_longer_wish_ends_the_attempts():
    with pytest.raises(Broken):
        attempts().again(Broken(LONGEST_WAIT + 1))


def test_the_ceiling_doubles_up_to_the_highest():
    highest = [0.0] * 6
    for _ in range(200):
        tries = attempts(7)
        for index in range(6):
            highest[index] = max(highest[index], tries.again(Broken()).seconds)
    for index, ceiling in enumerate((0.5, 1.0, 2.0, 4.0, 8.0, 8.0)):
        assert 0.7 * ceiling < highest[index] <= ceiling
