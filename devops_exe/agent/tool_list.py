"""The list of tools as a model is told of it: small, since it goes with every request.

A calculator's operations stand side by side in one schema. What only a controller knows
(events, behaviours, metrics of single pods) is left out of it; the calculators take it all the
same, and check every argument themselves.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from devops_exe.design import registry


def definitions() -> list[dict[str, Any]]:
    """The tool list as it is sent; a fresh copy, so that nobody changes the prefix."""
    tools: list[dict[str, Any]] = json.loads(_definitions())
    return tools


@cache
def _definitions() -> str:
    tools: list[dict[str, Any]] = [
        {
            "name": "assess_repository",
            "description": "What the user's repository says: facts with file and line, "
            "dependencies, contradictions, risks, and the paths of its files. Call it once, "
            "before read_file; takes nothing. Where no repository is given it answers nothing.",
            "input_schema": {"type": "object", "properties": {}},
        },
        {
            "name": "read_file",
            "description": "The text of one file of the user's repository, at most 64 KiB of it. "
            "Several files: several calls in one reply. Secret files are refused.",
            "input_schema": {
                "type": "object",
                "properties": {
                    "path": {"type": "string", "description": "path from the repository's root"}
                },
                "required": ["path"],
            },
        },
    ]
    tools += [_calculator(name) for name in registry.CALCULATORS]
    tools.append(_submission())
    return json.dumps(tools, ensure_ascii=False)


def _calculator(name: str) -> dict[str, Any]:
    """One tool a calculator: the inputs of its operations side by side, chosen by ``op``."""
    properties: dict[str, Any] = {}
    lines: list[str] = []
    choices: list[str] = []
    for operation in registry.operations(name):
        model, _, _ = registry.load(operation)
        schema = model.model_json_schema()
        small = {field: _small(wanted) for field, wanted in schema["properties"].items()}
        needed = [field for field in schema.get("required", ()) if field != "op"]
        if any(small[field] is None for field in needed):
            continue
        choices.append(operation.op)
        needs = f" (needs {', '.join(needed)})" if needed else ""
        lines.append(f"{operation.op}: {operation.summary}{needs}".removeprefix(": "))
        for field, wanted in small.items():
            if field != "op" and wanted is not None:
                properties.setdefault(field, wanted)
    schema = {"type": "object", "properties": properties}
    if choices != [""]:
        schema["properties"] = {"op": {"type": "string", "enum": choices}, **properties}
        schema["required"] = ["op"]
    about = (
        "; ".join(lines)
        + ". A what-if: what you leave out is as in the plan's call, else the default."
    )
    return {"name": name, "description": about, "input_schema": schema}


_KEPT = ("type", "enum", "description", "default", "pattern", "maximum")

_AUTHORITY = re.compile(r"\s*(?:\[[^\]]*\]|\((?:assumption|assumed)[^)]*\))")


def _small(wanted: dict[str, Any]) -> dict[str, Any] | None:
    """A property with what a model needs of it; None where it is a structure of its own."""
    if "$ref" in json.dumps(wanted):
        return None
    branches = [one for one in wanted.get("anyOf", ()) if one.get("type") != "null"]
    whole = {**branches[0], **wanted} if len(branches) == 1 else wanted
    small = {key: whole[key] for key in _KEPT if whole.get(key) not in (None, [])}
    if "description" in small:
        small["description"] = _AUTHORITY.sub("", small["description"]).rstrip(".")
    if len(branches) > 1:
        small["type"] = [one["type"] for one in branches]
    if small.get("type") == "array":
        small["items"] = {"type": whole["items"].get("type", "number")}
    return small


def _submission() -> dict[str, Any]:
    from devops_exe.blueprint.prose import WRITABLE

    return {
        "name": "submit_blueprint",
        "description": "Submit the words of the document's fields that you write better than the "
        "draft; the others keep the draft's words. Figures, strategy, rollout, RTO and counts are "
        "the plan's and no fields. Answers with the findings to mend, or ends the turn.",
        "input_schema": {
            "type": "object",
            "properties": {
                "fields": {
                    "type": "object",
                    "description": "Path to text: one line, no Markdown; a figure is a reference "
                    "in braces, {L16.rto_minutes}, never a number. Paths are those of the draft; "
                    "a list takes one more entry at its next number. All that there are: "
                    f"{', '.join(WRITABLE)}",
                    "additionalProperties": {"type": "string"},
                },
                "proposals": {
                    "type": "array",
                    "description": "facts that you would set otherwise; the user decides",
                    "items": {
                        "type": "object",
                        "properties": {
                            "field": {"type": "string", "description": "name of a fact"},
                            "value": {"type": ["number", "string"]},
                            "why": {"type": "string"},
                        },
                        "required": ["field", "value", "why"],
                    },
                },
            },
            "required": ["fields"],
        },
    }
