"""When to ask a service again, and after how long: tenacity's rules, ours to drive.

Full jitter (the wait is drawn evenly between nothing and a ceiling that doubles, AWS
Architecture Blog, "Exponential Backoff And Jitter", 2015) keeps a crowd of clients from
coming back at the same moment. A service that says how long to wait (``retry-after``) is
obeyed up to ``LONGEST_WAIT``; one that asks for more is not waited for at all.

Driven step by step rather than as a decorator, so that the engine can show each wait before
it happens and stay cancellable during it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from devops_exe.agent.events import Retry

if TYPE_CHECKING:
    from tenacity import RetryCallState

LONGEST_WAIT = 60.0
"""Seconds of a ``retry-after`` that are waited for, at most."""

FIRST_CEILING = 0.5
HIGHEST_CEILING = 8.0

Judge = Callable[[BaseException], tuple[bool, str]]
"""Whether an error is worth another attempt, and the reason in a word or two."""

Asked = Callable[[BaseException], float | None]
"""The seconds for which a service asked, if it did."""


class Attempts:
    """The attempts at one reply.

    Args:
        of: how many there are, the first included.
        judge: tells errors worth another attempt from the rest.
        asked: reads ``retry-after``.
    """

    def __init__(self, of: int, judge: Judge, asked: Asked) -> None:
        import tenacity

        self.of = of
        self._judge = judge
        self._asked = asked
        self._backoff = tenacity.wait_random_exponential(
            multiplier=FIRST_CEILING, max=HIGHEST_CEILING
        )
        self._rules = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(of),
            wait=self._wait,
            retry=tenacity.retry_if_exception(self._worth),
            reraise=True,
        )
        self._state = tenacity.RetryCallState(self._rules, None, (), {})
        self._rules.begin()
        self._rules.iter(retry_state=self._state)

    @property
    def number(self) -> int:
        """The attempt under way, from 1."""
        return self._state.attempt_number

    def again(self, error: BaseException) -> Retry:
        """The attempt after ``error``; raises it where there is none."""
        import tenacity

        self._state.set_exception((type(error), error, error.__traceback__))
        step = self._rules.iter(retry_state=self._state)
        assert isinstance(step, tenacity.DoSleep)
        self._state.prepare_for_next_attempt()
        return Retry(self.number, self.of, float(step), self._judge(error)[1])

    def _worth(self, error: BaseException) -> bool:
        return (self._asked(error) or 0.0) <= LONGEST_WAIT and self._judge(error)[0]

    def _wait(self, state: RetryCallState) -> float:
        assert state.outcome is not None
        error = state.outcome.exception()
        asked = self._asked(error) if error is not None else None
        if asked is None:
            return float(self._backoff(state))
        return asked + random.uniform(0.0, 0.1)  # noqa: S311 - not for secrets
