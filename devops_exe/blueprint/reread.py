"""A document read back from a file: any face, and the rules that apply to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from devops_exe.blueprint.finding import Finding
from devops_exe.blueprint.model import Blueprint
from devops_exe.blueprint.parse import parse
from devops_exe.blueprint.validate import declared, validate
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import sanitise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from devops_exe.assess.profile import Origin, SystemProfile, Value
    from devops_exe.design.ledger import Ledger


def findings_of(text: str, name: str) -> tuple[Finding, ...]:
    """Findings of a document in its text or JSON face.

    The JSON face (the object of ``--json``) carries facts and ledger, so every rule runs; its
    text, where it has one, must say what its fields say.

    Raises:
        UserError: it looks like JSON and is none, or holds no document.
    """
    if text.lstrip().startswith("{"):
        return _of_json(text, name)
    return of_text(text)


def of_text(text: str) -> tuple[Finding, ...]:
    """Findings of a text alone; what follows its footer is not part of it."""
    reading = parse(document_part(text))
    outer = tuple(_around(text))
    if reading.blueprint is None:
        return (*outer, *reading.findings)
    read = (*outer, *reading.findings)
    return _joined(read, validate(reading.blueprint), reading.blueprint)


def _around(text: str) -> Iterator[Finding]:
    """What is wrong with a text whatever its document says."""
    titles = sum(line.strip() == "DEVOPS BLUEPRINT" for line in text.splitlines())
    if titles > 1:
        yield Finding(
            "several_documents",
            "error",
            "document",
            f"{titles} documents stand in one text",
            "validate each by itself",
        )
    plain = text.replace("\r\n", "\n")
    if sanitise(plain) != plain:
        yield Finding(
            "control_characters",
            "error",
            "document",
            "the text holds control, direction or invisible characters",
            "remove them: a terminal would obey them",
        )


def document_part(text: str) -> str:
    """The document in a text: from its title to its footer's last line.

    What stands before the title and after the footer (what follows a document on the screen)
    is left out; a text without title or footer is returned as it is.
    """
    lines = text.splitlines()
    starts = [i for i, line in enumerate(lines) if line.strip() == "DEVOPS BLUEPRINT"]
    if len(starts) != 1:
        return text
    ends = [i for i, line in enumerate(lines) if line.startswith("DevOps Status:")]
    if not ends:
        return "\n".join(lines[starts[0] :])
    end = ends[-1] + 1
    while end < len(lines) and lines[end].startswith("   ") and lines[end].strip():
        end += 1
    return "\n".join(lines[starts[0] : end])


def _joined(
    read: tuple[Finding, ...], ruled: tuple[Finding, ...], blueprint: Blueprint
) -> tuple[Finding, ...]:
    """Findings of reading and of rules, one a code and place, and those of the seal."""
    seen = {(finding.code, finding.path) for finding in read}
    new = tuple(f for f in ruled if (f.code, f.path) not in seen)
    every = (*read, *new)
    return (*every, *declared(blueprint, every))


def _of_json(text: str, name: str) -> tuple[Finding, ...]:
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise UserError(
            f"it is no JSON: {problem}", where=name, fix="give a blueprint's text or JSON face"
        ) from None
    if not isinstance(raw, dict) or not isinstance(raw.get("document"), dict):
        raise UserError(
            "the JSON holds no document", where=name, fix="give what --json printed for a blueprint"
        )
    from devops_exe.design.ledger import ledger_of

    blueprint, figures = document_of(raw["document"], name)
    stored = raw.get("figures")
    if isinstance(stored, dict):
        figures = {**figures, **{str(k): tuple(map(str, v)) for k, v in stored.items()}}
    profile = profile_of(raw.get("profile"), name)
    ledger: Ledger = ledger_of(raw.get("ledger"))
    findings = validate(blueprint, profile, ledger, figures)
    findings = (*findings, *declared(blueprint, findings))
    if isinstance(raw.get("text"), str):
        findings = (*findings, *_text_agrees(raw["text"], blueprint))
    return findings


def _text_agrees(text: str, blueprint: Blueprint) -> tuple[Finding, ...]:
    reading = parse(text)
    if reading.blueprint == blueprint:
        return reading.findings
    return (
        *reading.findings,
        Finding(
            "text_disagrees",
            "error",
            "text",
            "the printed text says something else than the fields",
            "print the document again",
        ),
    )


def document_of(
    raw: Mapping[str, object], name: str
) -> tuple[Blueprint, dict[str, tuple[str, ...]]]:
    """A blueprint and the references of its figures, from the ``document`` object.

    Raises:
        UserError: a field is missing or of the wrong type.
    """
    from pydantic import ValidationError

    references: dict[str, tuple[str, ...]] = {}
    plain = _without_references(raw, "", references)
    try:
        return Blueprint.model_validate(plain), references
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise UserError(
            f"document.{place}: {first['msg']}", where=name, fix="give what --json printed"
        ) from None


def _without_references(value: object, path: str, found: dict[str, tuple[str, ...]]) -> object:
    if isinstance(value, dict):
        if "ledger" in value and {"value", "text", "unit"} <= set(value):
            if isinstance(value["ledger"], str):
                found[path] = (value["ledger"],)
            return {key: item for key, item in value.items() if key != "ledger"}
        return {
            key: _without_references(item, f"{path}.{key}" if path else str(key), found)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return tuple(
            _without_references(item, f"{path}[{i}]", found) for i, item in enumerate(value)
        )
    return value


def profile_of(raw: object, name: str) -> SystemProfile:
    """A profile from its JSON form.

    Raises:
        UserError: it is not an object of facts.
    """
    from devops_exe.assess.profile import Fact, SystemProfile

    facts: dict[str, Fact] = {}
    try:
        for field, fact in cast("Mapping[str, Mapping[str, object]]", raw or {}).items():
            value = fact["value"]
            facts[field] = Fact(
                cast("Value", tuple(value) if isinstance(value, list) else value),
                cast("Origin", fact["from"]),
                str(fact["where"]),
            )
    except (AttributeError, KeyError, TypeError):
        raise UserError(
            "the profile is not an object of facts",
            where=name,
            fix="each field has value, from and where",
        ) from None
    return SystemProfile(facts)
