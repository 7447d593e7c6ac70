"""Scorers of a document's form and decisions: sections, findings, status, strategy, words.

The template's headings stand here once more, written from the published format and not taken
from the renderer, so that a renderer that drops one is seen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from devops_exe.evals.answer import HOLDS, Turn, Verdict, fails, verdict
from devops_exe.evals.expectation import Expectation, Keyed, Names

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADINGS: Mapping[str, str] = {
    "overview": "DEVOPS OVERVIEW",
    "environments": "ENVIRONMENT STRATEGY",
    "pipeline": "CI/CD PIPELINE",
    "strategy": "DEPLOYMENT STRATEGY",
    "infrastructure": "INFRASTRUCTURE",
    "rollback": "ROLLBACK PLAN",
    "scaling": "SCALING POLICY",
    "monitoring": "MONITORING",
}
"""The eight headings in their order, by the document's field."""

PARTS: Mapping[str, Names] = {
    "devops": tuple(HEADINGS),
    "pipeline": ("environments", "pipeline"),
    "deploy": ("strategy", "rollback"),
    "rollback": ("rollback",),
    "scale": ("infrastructure", "scaling"),
}
"""Which sections each command prints."""

LABELS: Mapping[str, Names] = {
    "overview": ("System:", "Platform:", "Environments:", "Pipeline Stages:", "Reliability:",
                 "Status:"),
    "environments": ("| Environment | Purpose | Infra |", "| Development |", "| Staging |",
                     "| Production |"),
    "pipeline": ("1. Code Push", "2. Build", "3. Test", "4. Deploy", "5. Verify"),
    "strategy": ("Type:", "Rollout:", "Health Checks:", "Rollback Trigger:", "Traffic Split:",
                 "Old:", "New:"),
    "infrastructure": ("| Component | Solution | Config |", "| Compute |", "| Storage |",
                       "| Network |", "| Secrets |"),
    "rollback": ("Trigger:", "Steps:", "1. ", "2. ", "3. ", "4. ", "RTO:"),
    "scaling": ("| Dimension | Trigger | Target |", "| Horizontal |", "| Vertical |",
                "| Auto-scale |"),
    "monitoring": ("Health Metrics:", "Performance Metrics:", "Alerts:"),
}  # fmt: skip
"""What each section holds, in its order."""

HEAVY, LIGHT = "═" * 39, "─" * 36


class Sections(Expectation):
    """``of``: the command whose sections the document has, all of them and no other."""

    of: Literal["devops", "pipeline", "deploy", "rollback", "scale"]


def sections(wanted: Sections, turn: Turn) -> Verdict:
    """Title, header, the command's sections in order with their labels, and the footer."""
    lines = turn.text.splitlines()
    if not lines:
        return fails("there is no document")
    problems = [] if lines[0] == "DEVOPS BLUEPRINT" else [f"it begins with {lines[0]!r}"]
    problems += [
        f"the header has no {label}"
        for label in ("System: ", "Platform: ", "Time: ")
        if not any(line.startswith(label) and line[len(label) :].strip() for line in lines[:5])
    ]
    if lines[1:2] != [HEAVY]:
        problems.append("the rule under the title is missing")
    if not lines[-1].startswith("DevOps Status: ● "):
        problems.append("the footer is missing")
    names = {heading: name for name, heading in HEADINGS.items()}
    places = [(n, names[line]) for n, line in enumerate(lines) if line in names]
    found = tuple(name for _, name in places)
    if found != PARTS[wanted.of]:
        problems.append(f"sections are {', '.join(found)}; wanted {', '.join(PARTS[wanted.of])}")
    ends = [n for n, _ in places[1:]] + [len(lines)]
    for (start, name), end in zip(places, ends, strict=True):
        problems += _section(name, lines[start + 1 : end])
    missing = [name for name in PARTS[wanted.of] if not turn.document.get(name)]
    if missing:
        problems.append(f"the document's JSON lacks {', '.join(missing)}")
    return verdict(problems)


def _section(name: str, lines: list[str]) -> list[str]:
    if lines[:1] != [LIGHT]:
        return [f"{HEADINGS[name]} has no rule under it"]
    place = 0
    inside = [line.strip("│ ") for line in lines]
    for label in LABELS[name]:
        at = next((n for n in range(place, len(inside)) if inside[n].startswith(label)), None)
        if at is None:
            return [f"{HEADINGS[name]} has no {label.strip('| ')!r} in its place"]
        place = at + 1
    return []


class Findings(Expectation):
    """Codes that are there, that are not, and how many are errors."""

    has: Names = ()
    lacks: Names = ()
    errors: int | None = None


def findings(wanted: Findings, turn: Turn) -> Verdict:
    """Findings as expected; a code may be written ``code:severity``."""
    if not turn.result:
        return fails(f"there is no answer: {turn.error.get('message', 'none')}")
    told = {code for code, _ in turn.codes} | {f"{c}:{severity}" for c, severity in turn.codes}
    problems = [f"no finding {code}" for code in wanted.has if code not in told]
    problems += [f"finding {code}" for code in wanted.lacks if code in told]
    errors = [code for code, severity in turn.codes if severity == "error"]
    if wanted.errors is not None and len(errors) != wanted.errors:
        problems.append(f"{len(errors)} errors ({', '.join(errors)}), not {wanted.errors}")
    return verdict(problems)


class Healthy(Expectation):
    """``is``: whether the document says that all is well."""

    is_: bool = Field(alias="is")


def healthy(wanted: Healthy, turn: Turn) -> Verdict:
    """Footer, overview and exit status against the number of error findings."""
    errors = sum(1 for _, severity in turn.codes if severity == "error")
    footer = "● Pipeline Active" if not errors else f"● Pipeline Blocked: {errors} findings"
    status = "[●] Healthy" if not errors else f"[◐] {errors} findings"
    problems = []
    if not turn.text.endswith(f"DevOps Status: {footer}"):
        problems.append(f"the footer is not {footer!r}")
    overview = turn.document.get("overview")
    if overview and overview.get("status") != status:
        problems.append(f"the status is {overview.get('status')!r}, not {status!r}")
    if (turn.status == 0) != (errors == 0):
        problems.append(f"exit status {turn.status} with {errors} errors")
    if (errors == 0) != wanted.is_:
        problems.append("it is healthy" if errors == 0 else f"it has {errors} errors")
    return verdict(problems)


class Words(Expectation):
    """Words of the answer: all of ``has``, none of ``lacks``, each pattern of ``matches``."""

    has: Names = ()
    lacks: Names = ()
    matches: Names = ()
    lines_at_most: int | None = None


def words(wanted: Words, turn: Turn) -> Verdict:
    """Words of document or chat answer, letters' case aside, line breaks of boxes joined."""
    text = flat(turn.text)
    low = text.lower()
    problems = [f"no {one!r}" for one in wanted.has if one.lower() not in low]
    problems += [f"there is {one!r}" for one in wanted.lacks if one.lower() in low]
    problems += [f"nothing matches {one}" for one in wanted.matches if not re.search(one, text)]
    lines = turn.text.count("\n") + 1
    if wanted.lines_at_most is not None and lines > wanted.lines_at_most:
        problems.append(f"{lines} lines, at most {wanted.lines_at_most}")
    if not turn.text:
        problems.append(f"there is no answer: {turn.error.get('message', 'none')}")
    return verdict(problems)


def flat(text: str) -> str:
    """The text with boxes' borders away and lines joined at single blanks."""
    return " ".join(re.sub(r"[│┌┐└┘─═]+(?!→)", " ", text).split())


class Strategy(Expectation):
    """The strategy printed, the codes that exclude others, bands of risk, order of the ranking."""

    chosen: str = ""
    excluded: dict[str, Names] = Keyed
    eligible: Names = ()
    risk: dict[str, str] = Keyed
    recommended: str = ""
    traffic_new: float | None = None


def strategy(wanted: Strategy, turn: Turn) -> Verdict:
    """Right, or excluded for the right reason."""
    entries = turn.entries("strategy", "")
    if not entries:
        return fails("the ledger has no strategy")
    outputs = entries[0]["outputs"]
    rows = outputs["strategies"]
    problems = []
    section = turn.document.get("strategy")
    if wanted.chosen:
        chosen = section["type"] if section else _recovered(turn)
        if chosen != wanted.chosen:
            problems.append(f"the strategy is {chosen}, not {wanted.chosen}")
    if wanted.recommended and outputs["recommended"] != wanted.recommended:
        problems.append(f"{outputs['recommended']} is recommended, not {wanted.recommended}")
    for name, codes in wanted.excluded.items():
        told = tuple(rows[name]["excluded_because"])
        if told != tuple(codes):
            problems.append(f"{name} is excluded by {told or 'nothing'}, not {codes}")
    problems += [
        f"{name} is excluded by {rows[name]['excluded_because']}"
        for name in wanted.eligible
        if not rows[name]["eligible"]
    ]
    problems += [
        f"{name} has risk {rows[name]['risk']}, not {band}"
        for name, band in wanted.risk.items()
        if rows[name]["risk"] != band
    ]
    if wanted.traffic_new is not None:
        shown = section["traffic_new"]["value"] if section else None
        if shown != wanted.traffic_new:
            problems.append(f"the first step has {shown} % new, not {wanted.traffic_new:g} %")
    return verdict(problems)


_PRINTED = {
    "blue_green": "Blue-Green",
    "canary": "Canary",
    "rolling": "Rolling",
    "recreate": "Recreate",
    "ab_testing": "A/B Testing",
}


def _recovered(turn: Turn) -> str:
    """The strategy of a part that does not print it: the one its recovery is of."""
    for entry in turn.entries("rto", "recovery"):
        return _PRINTED.get(str(entry["inputs"].get("strategy")), "none")
    return "none"


class Recovery(Expectation):
    """RTO in minutes as printed, its target, and whether it is met."""

    minutes: float | None = None
    target_minutes: float | None = None
    meets: bool | None = None


def recovery(wanted: Recovery, turn: Turn) -> Verdict:
    """The printed RTO, and whether its target is said to be met or missed, and rightly so."""
    printed = (turn.document.get("rollback") or {}).get("rto")
    if not printed:
        return fails("no RTO is printed")
    shown = float(printed["value"])
    problems = []
    if wanted.minutes is not None and abs(shown - wanted.minutes) > 0.051:
        problems.append(f"RTO {shown:g} minutes, not {wanted.minutes:g}")
    target = wanted.target_minutes
    if target is not None:
        stated = turn.result["profile"].get("rto_minutes", {}).get("value")
        if stated != target:
            problems.append(f"the target is read as {stated}, not {target:g}")
        said = ("rto_above_target", "error") in turn.codes
        if said != (shown > target):
            problems.append(f"RTO {shown:g} against {target:g}: the finding is wrong")
        if wanted.meets is not None and wanted.meets == said:
            problems.append("the target is missed" if said else "the target is met")
    return verdict(problems)


class Commands(Expectation):
    """Commands that follow the document: each of ``has`` is part of one, none of ``lacks``."""

    has: Names = ()
    lacks: Names = ()
    checked: bool = False


def commands(wanted: Commands, turn: Turn) -> Verdict:
    """Commands for this platform and version, each with how to see that it worked."""
    rows = turn.result.get("commands", [])
    told = "\n".join(f"{row['command']}\n{row['check']}" for row in rows)
    problems = [f"no command has {one!r}" for one in wanted.has if one not in told]
    problems += [f"a command has {one!r}" for one in wanted.lacks if one in told]
    if wanted.checked and not (rows and all(row["check"] and row["undo"] for row in rows)):
        problems.append("a command has no check or no undo")
    return verdict(problems)


class Questions(Expectation):
    """Open questions and notes: patterns that one of each matches."""

    asked: Names = ()
    noted: Names = ()


def questions(wanted: Questions, turn: Turn) -> Verdict:
    """What was not said is asked; what was not understood is said to be so."""
    asked = [str(one) for one in turn.result.get("questions", [])]
    noted = [str(one) for one in turn.result.get("notes", [])]
    problems = [
        f"no question matches {one!r}"
        for one in wanted.asked
        if not any(re.search(one, told, re.IGNORECASE) for told in asked)
    ]
    problems += [
        f"no note matches {one!r}"
        for one in wanted.noted
        if not any(re.search(one, told, re.IGNORECASE) for told in noted)
    ]
    return verdict(problems) if problems else HOLDS
