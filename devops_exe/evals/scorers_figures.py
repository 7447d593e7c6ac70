"""Scorers of figures: against numbers that stand in the case, and against the ledger itself."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from pydantic import Field, model_validator

from devops_exe.evals.answer import HOLDS, Answer, Turn, Verdict, fails, verdict
from devops_exe.evals.expectation import Expectation, Keyed, Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RELATIVE = 1e-6
"""Relative tolerance of a figure where the case names none."""


class Figure(Expectation):
    """One output of a calculator, against a number of the case.

    Attributes:
        of: ``tool`` or ``tool.op``.
        with_: inputs that choose the entry among several, in the file ``with``.
        output: path in the outputs, ``replicas_needed`` or ``alerts[0].burn_rate``.
        equals: the expected value.
        tolerance: relative; numbers only.
        at_least, at_most: bounds instead of a value.
    """

    of: str
    output: str
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    equals: float | int | bool | str | list[Any] | None = None
    tolerance: float = Field(default=RELATIVE, ge=0, lt=1)
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _has_a_value(self) -> Figure:
        if self.equals is None and self.at_least is None and self.at_most is None:
            message = "figure expects nothing: give equals, at_least or at_most"
            raise ValueError(message)
        return self


def figure(wanted: Figure, turn: Turn) -> Verdict:
    """The figure of the ledger equals the number of the case."""
    tool, _, op = wanted.of.partition(".")
    entries = [e for e in turn.entries(tool, op) if _chosen(e["inputs"], wanted.with_)]
    if not entries:
        more = f" with {wanted.with_}" if wanted.with_ else ""
        return fails(f"the ledger has no {wanted.of}{more}")
    try:
        told = reach(entries[0]["outputs"], wanted.output)
    except (KeyError, IndexError, TypeError):
        return fails(f"{wanted.of} has no output {wanted.output}")
    where = f"{wanted.of} {wanted.output}"
    if wanted.equals is not None and not same(told, wanted.equals, wanted.tolerance):
        return fails(f"{where} is {told}, not {wanted.equals}")
    return _bounded(where, told, wanted.at_least, wanted.at_most)


def _bounded(where: str, told: object, low: float | None, high: float | None) -> Verdict:
    if low is None and high is None:
        return HOLDS
    if isinstance(told, bool) or not isinstance(told, int | float):
        return fails(f"{where} is {told}, no number")
    if low is not None and told < low:
        return fails(f"{where} is {told}, less than {low}")
    if high is not None and told > high:
        return fails(f"{where} is {told}, more than {high}")
    return HOLDS


def _chosen(inputs: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(name in inputs and same(inputs[name], value) for name, value in wanted.items())


def same(told: object, wanted: object, tolerance: float = RELATIVE) -> bool:
    """Equality of JSON values; numbers within a relative tolerance, booleans exactly."""
    if isinstance(told, bool) or isinstance(wanted, bool):
        return told is wanted
    if isinstance(told, int | float) and isinstance(wanted, int | float):
        return math.isclose(told, wanted, rel_tol=tolerance, abs_tol=1e-12)
    if isinstance(told, list | tuple) and isinstance(wanted, list | tuple):
        pairs = zip(told, wanted, strict=False)
        return len(told) == len(wanted) and all(same(a, b, tolerance) for a, b in pairs)
    return told == wanted


_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


def reach(value: Any, path: str) -> Any:
    """The value at ``alerts[0].burn_rate``.

    Raises:
        KeyError, IndexError, TypeError: nothing is there.
    """
    for index, name in _STEP.findall(path):
        value = value[int(index)] if index else value[name]
    return value


class Printed(Expectation):
    """A field of the document: its value as printed, or words in it."""

    path: str
    value: float | None = None
    text: str = ""
    has: Names = ()
    lacks: Names = ()

    @model_validator(mode="after")
    def _has_a_value(self) -> Printed:
        if self.value is None and not (self.text or self.has or self.lacks):
            message = "printed expects nothing: give value, text, has or lacks"
            raise ValueError(message)
        return self


def printed(wanted: Printed, turn: Turn) -> Verdict:
    """What stands in a field of the document."""
    try:
        told = reach(turn.document, wanted.path)
    except (KeyError, IndexError, TypeError):
        return fails(f"the document has no {wanted.path}")
    shown = told["text"] if isinstance(told, dict) else told
    words = " ".join(shown) if isinstance(shown, list) else str(shown)
    problems = []
    if wanted.value is not None:
        number = told["value"] if isinstance(told, dict) else told
        if not same(number, wanted.value):
            problems.append(f"{wanted.path} is {number}, not {wanted.value:g}")
    if wanted.text and words != wanted.text:
        problems.append(f"{wanted.path} is {words!r}, not {wanted.text!r}")
    problems += [f"{wanted.path} has no {one!r}: {words}" for one in wanted.has if one not in words]
    problems += [f"{wanted.path} has {one!r}" for one in wanted.lacks if one in words]
    return verdict(problems)


class Supported(Expectation):
    """Needs no key: every figure printed is the ledger's."""


def supported(wanted: Supported, turn: Turn) -> Verdict:
    """No unsupported figure, and every reference leads to an output of the ledger."""
    del wanted
    if not turn.document:
        return fails(f"there is no document: {turn.error.get('message', 'a chat answer')}")
    bad = {"unsupported_figure", "unknown_reference", "ledger_differs"}
    problems = [f"finding {code}" for code, _ in turn.codes if code in bad]
    outputs = {entry["id"]: entry["outputs"] for entry in turn.result["ledger"]}
    for path, told in _figures(turn.document, ""):
        entry, _, output = str(told["ledger"]).partition(".")
        try:
            exact = reach(outputs[entry], output)
        except (KeyError, IndexError, TypeError):
            problems.append(f"{path} refers to {told['ledger']}, which is not in the ledger")
            continue
        if not _rounds_to(exact, told):
            problems.append(f"{path} prints {told['text']}, {told['ledger']} is {exact}")
    return verdict(problems)


def _figures(value: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, dict):
        if value.get("ledger"):
            yield path, value
            return
        for name, item in value.items():
            yield from _figures(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _figures(item, f"{path}[{number}]")


def _rounds_to(exact: Any, told: Mapping[str, Any]) -> bool:
    """Whether the printed value is the exact one at its printed precision."""
    if isinstance(exact, bool) or not isinstance(exact, int | float):
        return False
    digits = len(str(told["text"]).replace(",", "").partition(".")[2].rstrip("%"))
    return abs(float(told["value"]) - exact) <= 0.5 * 10.0**-digits * (1 + 1e-9) + 1e-12


class Moved(Expectation):
    """Fields of the document that changed, and that did not, since an earlier turn."""

    since: int = 0
    kept: Names = ()
    moved: Names = ()
    ledger_kept: bool = False
    """The whole ledger is the same, byte for byte."""


def moved(wanted: Moved, answer: Answer) -> Verdict:
    """What a follow-up changed, and what it left alone."""
    try:
        before, after = answer.turns[wanted.since], answer.turns[wanted.turn]
    except IndexError:
        return fails("the conversation has no such turn")
    if not before.document or not after.document:
        return fails(f"a turn has no document: {after.error.get('message', 'a chat answer')}")
    problems = []
    for path, must_move in [*((p, False) for p in wanted.kept), *((p, True) for p in wanted.moved)]:
        try:
            pair = reach(before.document, path), reach(after.document, path)
        except (KeyError, IndexError, TypeError):
            problems.append(f"the document has no {path}")
            continue
        if (_shown(pair[0]) != _shown(pair[1])) != must_move:
            problems.append(f"{path} {'did not move' if must_move else 'moved'}: {pair[1]}")
    if wanted.ledger_kept and before.result["ledger"] != after.result["ledger"]:
        problems.append("the ledger moved")
    return verdict(problems)


def _shown(value: Any) -> Any:
    return value["text"] if isinstance(value, dict) and "text" in value else value


class LedgerHas(Expectation):
    """Calculator calls of the plan: those needed are there, and not more than ``at_most``."""

    has: Names = ()
    lacks: Names = ()
    at_most: int | None = None
    counts: dict[str, int] = Keyed


def ledger(wanted: LedgerHas, turn: Turn) -> Verdict:
    """The plan's calls, by ``tool.op``."""
    made = [f"{e['tool']}.{e['op']}".rstrip(".") for e in turn.result.get("ledger", ())]
    problems = [f"no call of {name}" for name in wanted.has if name not in made]
    problems += [f"a call of {name}" for name in wanted.lacks if name in made]
    problems += [
        f"{made.count(name)} calls of {name}, not {count}"
        for name, count in wanted.counts.items()
        if made.count(name) != count
    ]
    if wanted.at_most is not None and len(made) > wanted.at_most:
        problems.append(f"{len(made)} calls, at most {wanted.at_most}")
    return verdict(problems)
