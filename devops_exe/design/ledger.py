"""The ledger: every calculator call of a document, as a graph that can be run again.

An entry records the inputs it was given, where each came from, and what it answered. An
input may be another entry's output: its provenance is then ``from: ledger`` with ``where``
the reference (``L2.step_seconds``), or that reference repeated (``L3.replicas_per_zone × 3``:
a list of three).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from devops_exe.assess.profile import Fact, Origin
from devops_exe.design import registry
from devops_exe.ground.errors import UserError

Source = Origin | Literal["ledger"]

_REFERENCE = re.compile(
    r"(?P<entry>L[1-9]\d*)\.(?P<path>[A-Za-z_][\w.\[\]& /-]*?)(?: × (?P<times>\d+))?"
)
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an input came from: who says so, and the words, place, authority or reference."""

    origin: Source
    where: str

    def as_json(self) -> dict[str, str]:
        """``{from, where}``."""
        return {"from": self.origin, "where": self.where}


@dataclass(frozen=True, slots=True)
class Input:
    """A value to hand to a calculator, with its provenance."""

    value: object
    origin: Source
    where: str

    @classmethod
    def of(cls, fact: Fact) -> Input:
        """The value of a fact, from where the fact is."""
        value = list(fact.value) if isinstance(fact.value, tuple) else fact.value
        return cls(value, fact.origin, fact.where)


@dataclass(frozen=True, slots=True)
class Entry:
    """One calculator call.

    Attributes:
        id: ``L1``, ``L2`` … in plan order.
        tool: name of the calculator.
        op: name of the operation, empty where there is none.
        inputs: as handed over, ``op`` left out.
        provenance: one an input.
        outputs: as answered.
        formula, source, version: of the operation.
    """

    id: str
    tool: str
    op: str
    inputs: Mapping[str, object]
    provenance: Mapping[str, Provenance]
    outputs: Mapping[str, object]
    formula: str
    source: str
    version: str

    def as_json(self) -> dict[str, object]:
        """The entry as the published interface has it."""
        return {
            "id": self.id,
            "tool": self.tool,
            "op": self.op,
            "inputs": dict(self.inputs),
            "provenance": {name: item.as_json() for name, item in self.provenance.items()},
            "outputs": dict(self.outputs),
            "formula": self.formula,
            "source": self.source,
            "version": self.version,
        }

    def number(self, path: str) -> float:
        """An output that is a number.

        Raises:
            UserError: there is no such output, or it is not a number.
        """
        value = look_up(self.outputs, path)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UserError(
                f"{self.id}.{path} is no number",
                where="ledger",
                fix=f"its outputs are {', '.join(self.outputs)}",
                code="unknown_reference",
            )
        return value

    def count(self, path: str) -> int:
        """An output that is a whole number."""
        return int(self.number(path))


@dataclass(frozen=True, slots=True)
class Ledger:
    """Entries in plan order; ids are unique."""

    entries: tuple[Entry, ...] = ()

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def entry(self, name: str) -> Entry:
        """The entry with this id.

        Raises:
            UserError: there is none (``unknown_reference``).
        """
        for entry in self.entries:
            if entry.id == name:
                return entry
        known = ", ".join(entry.id for entry in self.entries) or "none"
        raise UserError(
            f"no entry {name}",
            where="ledger",
            fix=f"its entries are {known}",
            code="unknown_reference",
        )

    def find(self, tool: str, op: str = "", nth: int = 0) -> Entry | None:
        """The ``nth`` entry of an operation, or None."""
        found = [
            entry for entry in self.entries if entry.tool == tool and (not op or entry.op == op)
        ]
        return found[nth] if nth < len(found) else None

    def value(self, reference: str) -> object:
        """The output a reference names (``L3.rto_minutes``, ``L2.alerts[0].burn_rate``).

        Raises:
            UserError: the reference is malformed or names nothing (``unknown_reference``).
        """
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise UserError(
                f"{reference!r} is no reference",
                where="ledger",
                fix="write an entry and an output, such as L3.rto_minutes",
                code="unknown_reference",
            )
        entry = self.entry(match["entry"])
        value = look_up(entry.outputs, match["path"])
        if value is _NOTHING:
            raise UserError(
                f"{entry.id} has no output {match['path']}",
                where="ledger",
                fix=f"its outputs are {', '.join(entry.outputs)}",
                code="unknown_reference",
            )
        return [value] * int(match["times"]) if match["times"] else value

    def call(self, tool: str, op: str, inputs: Mapping[str, Input]) -> tuple[Ledger, Entry]:
        """A ledger with one more entry, computed from ``inputs``.

        Raises:
            CalculatorError: the calculator refuses the inputs.
        """
        given: dict[str, object] = {name: item.value for name, item in inputs.items()}
        answer = registry.run(tool, {**given, "op": op} if op else given)
        entry = Entry(
            id=f"L{len(self.entries) + 1}",
            tool=tool,
            op=op,
            inputs=given,
            provenance={name: Provenance(item.origin, item.where) for name, item in inputs.items()},
            outputs=answer.outputs,
            formula=answer.operation.formula,
            source=answer.operation.source,
            version=answer.operation.version,
        )
        return Ledger((*self.entries, entry)), entry

    def linked(self, reference: str) -> Input:
        """Another entry's output as an input (``L2.step_seconds``, ``L3.x × 3``)."""
        return Input(self.value(reference), "ledger", reference)

    def rerun(self) -> Ledger:
        """Every entry computed again, in order; ledger inputs follow their references.

        Raises:
            UserError: a reference names nothing, or a calculator refuses.
        """
        again = Ledger()
        for entry in self.entries:
            inputs = {}
            for name, value in entry.inputs.items():
                whence = entry.provenance.get(name, Provenance("assumption", ""))
                inputs[name] = (
                    again.linked(whence.where)
                    if whence.origin == "ledger"
                    else Input(value, whence.origin, whence.where)
                )
            again, _ = again.call(entry.tool, entry.op, inputs)
        return again

    def as_json(self) -> list[dict[str, object]]:
        """The entries as the published interface has them."""
        return [entry.as_json() for entry in self.entries]


class _Nothing:
    """Marks an output that is not there (None is a value)."""


_NOTHING = _Nothing()


def look_up(outputs: object, path: str) -> object:
    """The value at ``alerts[0].burn_rate`` or ``strategies.Canary.risk``; `_NOTHING` if none."""
    value = outputs
    for index, name in _STEP.findall(path):
        if index and isinstance(value, Sequence) and not isinstance(value, str):
            if int(index) >= len(value):
                return _NOTHING
            value = value[int(index)]
        elif name and isinstance(value, Mapping) and name in value:
            value = cast("Mapping[str, object]", value)[name]
        else:
            return _NOTHING
    return value


def ledger_of(raw: object) -> Ledger:
    """A ledger read from its JSON form.

    Raises:
        UserError: it is not a list of entries with their fields.
    """
    try:
        if not isinstance(raw, list):
            raise TypeError
        return Ledger(tuple(_entry_of(item) for item in raw))
    except (KeyError, TypeError, AttributeError, ValueError):
        raise UserError(
            "the ledger is not a list of entries",
            where="ledger",
            fix="each entry has id, tool, op, inputs, provenance and outputs",
        ) from None


def _entry_of(item: Mapping[str, object]) -> Entry:
    provenance = cast("Mapping[str, Mapping[str, str]]", item["provenance"])
    return Entry(
        id=str(item["id"]),
        tool=str(item["tool"]),
        op=str(item["op"]),
        inputs=dict(cast("Mapping[str, object]", item["inputs"])),
        provenance={
            name: Provenance(cast("Source", whence["from"]), whence["where"])
            for name, whence in provenance.items()
        },
        outputs=dict(cast("Mapping[str, object]", item["outputs"])),
        formula=str(item.get("formula", "")),
        source=str(item.get("source", "")),
        version=str(item.get("version", "")),
    )
