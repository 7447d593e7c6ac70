"""What came of proving: a row for each file and validator, a verdict for each file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

State = Literal["passed", "failed", "skipped"]
Standing = Literal["proved", "checked", "not proven", "failed"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file.

    Attributes:
        message: what, in one line.
        line: where, counted from 1; 0 where nobody says.
    """

    message: str
    line: int = 0

    @property
    def text(self) -> str:
        """With its place.

        >>> Fault("no such job", 7).text, Fault("empty").text
        ('line 7: no such job', 'empty')
        """
        return f"line {self.line}: {self.message}" if self.line else self.message


@dataclass(frozen=True, slots=True)
class Row:
    """One validator's word on one file.

    Attributes:
        artefact: path of the file.
        validator: name of the row of the table, or of the own rule.
        tool: who ran; ``own rule`` for ours.
        version: of the tool; empty for own rules and where it was not there.
        command: as a person would type it in the folder of the files.
        state: ``passed``, ``failed`` or ``skipped``.
        seconds: of wall clock; a process that looked at several files counts for each.
        faults: what it found.
        why: why it was skipped, with the line that installs it.
        proves: whether a pass of this row proves the file.
    """

    artefact: str
    validator: str
    tool: str
    version: str
    command: str
    state: State
    seconds: float
    faults: tuple[Fault, ...] = ()
    why: str = ""
    proves: bool = True

    @property
    def own(self) -> bool:
        """Whether it is a rule of ours."""
        return self.tool == OWN

    @property
    def by(self) -> str:
        """Who: a tool with its version, or the name of an own rule."""
        return f"{self.tool} {self.validator if self.own else self.version}".strip()


OWN = "own rule"
"""The tool of rules that are ours."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said of a file.

    Attributes:
        standing: the worst that holds.
        text: one line: ``proved by …``, ``checked by own rule …``, ``NOT PROVEN: …`` or
            ``FAILED: …``.
        tools: who proved it, with versions.
        rules: own rules that found nothing.
        reasons: why it is not proven, or what failed.
    """

    standing: Standing
    text: str
    tools: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proof:
    """The whole table.

    Attributes:
        rows: by file, then in the order of the table.
        verdicts: by path.
        seconds: of wall clock for all of it.
        network: whether the validators were cut off from the network.
        workers: processes side by side.
    """

    rows: tuple[Row, ...]
    verdicts: Mapping[str, Verdict]
    seconds: float = 0.0
    network: str = ""
    workers: int = 1
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> tuple[Row, ...]:
        """Rows that found something wrong; empty is what one wants."""
        return tuple(row for row in self.rows if row.state == "failed")

    @property
    def skipped(self) -> tuple[str, ...]:
        """Tools that were not there, each with what installs it."""
        return tuple(dict.fromkeys(row.why for row in self.rows if row.state == "skipped"))

    @property
    def not_proven(self) -> tuple[str, ...]:
        """Paths that nobody proved."""
        return tuple(p for p, v in self.verdicts.items() if v.standing == "not proven")

    def verdict(self, path: str) -> Verdict:
        """What may be said of a file.

        Raises:
            KeyError: the file was not among those proved.
        """
        return self.verdicts[path]

    def as_json(self) -> str:
        """``proof.json``."""
        from devops_exe.implement.proof.report import as_json

        return as_json(self)

    def markdown(self) -> str:
        """``PROOF.md``."""
        from devops_exe.implement.proof.report import markdown

        return markdown(self)


def verdict_of(rows: tuple[Row, ...], unproven: tuple[str, ...]) -> Verdict:
    """The verdict of one file from its rows and from what cannot be proved here at all."""
    failed = tuple(
        f"{row.by}: {f.text}" for row in rows if row.state == "failed" for f in row.faults
    )
    passed = [row for row in rows if row.state == "passed"]
    tools = tuple(dict.fromkeys(row.by for row in passed if not row.own and row.proves))
    rules = tuple(dict.fromkeys(row.validator for row in passed if row.own))
    if any(row.state == "failed" for row in rows):
        return Verdict("failed", f"FAILED: {'; '.join(failed[:3])}", tools, rules, failed)
    beside = tuple(dict.fromkeys(row.by for row in passed if not row.own and not row.proves))
    said = _said(tools, rules, beside)
    if unproven:
        text = f"NOT PROVEN: {'; '.join(unproven)}"
        return Verdict(
            "not proven", f"{text} (else {said})" if said else text, tools, rules, unproven
        )
    if tools:
        return Verdict("proved", said, tools, rules)
    if rules:
        return Verdict("checked", said, tools, rules)
    missing = tuple(dict.fromkeys(row.why for row in rows if row.state == "skipped"))
    reasons = missing or ("no validator knows this kind of file",)
    return Verdict("not proven", f"NOT PROVEN: {'; '.join(reasons)}", reasons=reasons)


def _said(tools: tuple[str, ...], rules: tuple[str, ...], beside: tuple[str, ...]) -> str:
    """Who vouches for a file; tools that only search it prove nothing, but looked."""
    if tools:
        return f"proved by {', '.join(tools)}"
    if not rules:
        return ""
    looked = f"; searched by {', '.join(beside)}" if beside else ""
    return f"checked by own rule {', '.join(rules)}{looked}"
