"""What a model is shown of a document: facts, decisions, ledger, findings, draft.

Everything stands in marked blocks of JSON, a line an item; figures are shortened to five
digits, since a document refers to them and never repeats them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast

from devops_exe.blueprint.draft import Context, draft
from devops_exe.blueprint.prose import WRITABLE, put, style_of
from devops_exe.blueprint.quote import marks, parts_of

if TYPE_CHECKING:
    from devops_exe.assess.profile import Fact
    from devops_exe.blueprint.dossier import Dossier

_REFERENCE = re.compile(r"\{([LW]\d+\.[^{}|]+|profile:[a-z_0-9]+)(?:\|([a-z]+))?\}")


def material(dossier: Dossier, kept: Mapping[str, str]) -> list[str]:
    """The blocks that go with a request.

    Args:
        dossier: what was planned.
        kept: the model's own earlier words by path, in the place of the draft's.
    """
    texts = writable(dossier, kept)
    blocks = {
        "facts": _lines(_facts(dossier, texts)),
        "decided": _lines(_decided(dossier)),
        "ledger": "\n".join(_dump(entry) for entry in _ledger(dossier)),
        "findings": "\n".join(_findings(dossier)),
        "draft": _lines({path: template(text) for path, text in texts.items()}),
    }
    return [f"<{name}>\n{text}\n</{name}>" for name, text in blocks.items() if text]


def template(text: str) -> str:
    """A text with marks as a model reads and writes it: a reference in braces.

    >>> from devops_exe.blueprint.quote import mark
    >>> template("RTO " + mark("L3.rto_minutes", "minutes") + " minutes")
    'RTO {L3.rto_minutes} minutes'
    """
    parts: list[str] = []
    for part in parts_of(text):
        if isinstance(part, str):
            parts.append(part)
            continue
        reference, style = (cast("dict[str, str]", part)[name] for name in ("figure", "style"))
        parts.append(f"{{{reference}{'' if style == style_of(reference) else f'|{style}'}}}")
    return "".join(parts)


def references(text: str) -> list[object]:
    """A text with references in braces as texts and figures; other braces stay text.

    >>> references("RTO {L3.rto_minutes} min of ${{ x }}")
    ['RTO ', {'figure': 'L3.rto_minutes', 'style': 'minutes'}, ' min of ${{ x }}']
    """
    parts: list[object] = []
    end = 0
    for match in _REFERENCE.finditer(text):
        if match.start() > end:
            parts.append(text[end : match.start()])
        parts.append({"figure": match[1], "style": match[2] or style_of(match[1])})
        end = match.end()
    if end < len(text):
        parts.append(text[end:])
    return parts


def writable(dossier: Dossier, kept: Mapping[str, str] | None = None) -> dict[str, str]:
    """The fields of this document whose words an engine chooses, with marks."""
    assert dossier.plan is not None
    context = Context(dossier.plan, dossier.kind)
    document = draft(context, dossier.blueprint.header.time)
    if kept:
        document = put(document, kept)
    return {path: text for path, text in _texts(document, "") if _shape(path) in WRITABLE}


def _shape(path: str) -> str:
    return re.sub(r"\d+", "N", path)


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _texts(item, f"{path}[{number}]")


def _facts(dossier: Dossier, texts: Mapping[str, str]) -> dict[str, object]:
    """The facts, and the assumptions that only the draft quotes."""
    from devops_exe.design.assume import given

    facts: dict[str, object] = {
        name: {"value": _short(fact.value), "from": fact.origin, "where": _where(fact)}
        for name, fact in dossier.profile
    }
    for text in texts.values():
        for reference in marks(text):
            name = reference.removeprefix("profile:")
            if name != reference and name not in facts:
                value = given(dossier.profile, name)
                facts[name] = {"value": _short(value.value), "from": value.origin}
    return facts


def _where(fact: Fact) -> str:
    """A file's name may be an instruction: it is told in the repository's own block only."""
    return "see assess_repository" if fact.origin == "repository" else fact.where


def _decided(dossier: Dossier) -> dict[str, str]:
    """What the plan decided and nobody writes, as it is printed."""
    document = dossier.blueprint.model_dump(exclude_none=True)
    decided: dict[str, str] = {}
    for section in ("strategy", "rollback"):
        for path, text in _texts(document.get(section), section):
            if _shape(path) in WRITABLE:
                continue
            figure = re.fullmatch(r"(.+)\.(text|unit)", path)
            if figure:
                decided[figure[1]] = f"{decided.get(figure[1], '')} {text}".strip()
            else:
                decided[path] = text
    return decided


_UNTOLD = frozenset({
    "fires", "reset_seconds", "budget_consumed_at_detection_percent", "offered_load_erlangs",
    "mean_in_system", "canary_samples_exact", "nines", "availability", "assumption", "strategy",
    "prices_assumed", "progress_deadline_exceeded", "extra_pod_seconds",
})  # fmt: skip
"""Outputs that decide nothing and that no document speaks of; ``/why`` and the JSON have them."""


def _ledger(dossier: Dossier) -> Iterator[dict[str, object]]:
    from devops_exe.design.summary import call_of

    assert dossier.plan is not None
    roles = {entry: role for role, entry in dossier.plan.ids.items()}
    for entry in dossier.ledger:
        yield {
            "id": entry.id,
            "for": roles.get(entry.id, ""),
            "call": call_of(entry),
            "outputs": _short(entry.outputs),
        }


def _findings(dossier: Dossier) -> list[str]:
    return [f"{f.severity} {f.code}: {f.message} → {f.fix}" for f in dossier.findings] + [
        f"question to the user: {question}" for question in dossier.questions
    ]


def _short(value: object) -> object:
    """Numbers at five digits, whole ones without a point; what says nothing is left out."""
    if isinstance(value, float):
        short = float(f"{value:.5g}") if abs(value) < 1e5 else round(value)
        if 0.99 < value < 1 or 99 < value < 100:
            short = float(f"{value:.8g}")
        return int(short) if short == int(short) else short
    if isinstance(value, Mapping):
        return {key: _short(item) for key, item in value.items() if _tells(key, item)}
    if isinstance(value, list | tuple):
        return [_short(item) for item in value]
    return value


def _tells(key: str, item: object) -> bool:
    return key not in _UNTOLD and item is not None and item != [] and item != ()


def _lines(items: Mapping[str, object]) -> str:
    if not items:
        return ""
    inner = ",\n".join(f"{_dump(name)}: {_dump(item)}" for name, item in items.items())
    return f"{{\n{inner}\n}}"


def _dump(value: object) -> str:
    """JSON on a line, in which no end of a block can stand."""
    return json.dumps(value, ensure_ascii=False, default=str).replace("</", "<\\/")
