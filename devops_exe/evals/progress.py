"""A run on standard error: how far, how many passed, how long still; each failure in a line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TextIO

from devops_exe.evals.report import percent
from devops_exe.ground.text import sanitise

if TYPE_CHECKING:
    from devops_exe.evals.runner import Run
    from devops_exe.evals.trial import Outcome

EVERY_SECONDS = 5.0
"""Between two lines of progress where no line can be written over."""


class Progress:
    """Tells a run; called by the runner after each outcome.

    Args:
        stream: standard error.
        live: whether a line may be written over: a terminal.
        quiet: no progress, failures alone.
    """

    def __init__(self, stream: TextIO, *, live: bool, quiet: bool) -> None:
        self._stream = stream
        self._live = live and not quiet
        self._quiet = quiet
        self._began = time.monotonic()
        self._last = self._began
        self._before = 0
        self._shown = False

    def __call__(self, run: Run, outcome: Outcome | None) -> None:
        """An outcome came in; None: the run begins."""
        if outcome is None:
            self._before = len(run.outcomes)
            if self._before:
                self._line(f"going on with {self._before} of {len(run.jobs)} trials done before")
            return
        if not outcome.passed:
            why = "; ".join(outcome.reasons[:2]) or outcome.state
            repeat = f" #{outcome.trial.repeat + 1}" if outcome.trial.repeat else ""
            self._line(f"✗ {outcome.trial.key}{repeat} {outcome.state}: {why}")
        now = time.monotonic()
        finished = len(run.outcomes) == len(run.jobs)
        if self._quiet or not (self._live or finished or now - self._last >= EVERY_SECONDS):
            return
        self._last = now
        told = self.line(run, now - self._began)
        if self._live:
            self._stream.write(f"\r\x1b[K{told}" + ("\n" if finished else ""))
            self._stream.flush()
            self._shown = not finished
        else:
            self._line(told)

    def line(self, run: Run, seconds: float) -> str:
        """How far a run is after ``seconds`` of this part of it."""
        done, total = len(run.outcomes), len(run.jobs)
        rate = percent(run.passed / done) if done else "none"
        here = done - self._before
        left = seconds / here * (total - done) if here else 0.0
        end = f"about {_time(left)} left" if done < total else _time(seconds)
        return f"eval {done}/{total} · {rate} passed · {end}"

    def _line(self, text: str) -> None:
        clear = "\r\x1b[K" if self._shown else ""
        self._shown = False
        self._stream.write(f"{clear}{sanitise(text)}\n")
        self._stream.flush()


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
