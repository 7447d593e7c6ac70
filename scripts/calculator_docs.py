"""Write docs/calculators.md from the calculators themselves: registry, models, docstrings.

python scripts/calculator_docs.py            # writes the page
python scripts/calculator_docs.py --check    # exit 1 when the page has drifted
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pages import ROOT, write_or_check

from devops_exe.design import registry

if TYPE_CHECKING:
    from devops_exe.design.registry import Operation

PAGE = ROOT / "docs" / "calculators.md"

INTRO = """# Calculators

Written by `scripts/calculator_docs.py` from the code; change the code, then run it again.

Every figure comes from one of these. `devops-exe calc NAME` reads one JSON object on standard
input and prints one on standard output:

```console
$ echo '{"strategy": "blue_green"}' | devops-exe calc rto
```

The answer holds `outputs`, `formula`, `source`, `version` and `warnings`; `calc NAME --schema`
prints the JSON Schema. Where a calculator has operations, the field `op` chooses one; the first
is the default. An absent field, or `null`, means the default (but `max_surge` and
`max_unavailable` of `rollout`, where `null` is 0). A field that no calculator knows is a warning.
A default marked as an assumption is ours: no authority gives the number. Figures are not
rounded; undefined ones are `null`, and an optional one is left out where it does not apply. Time
is in seconds unless a name says otherwise.

A refused input prints `{"error": {"code", "message", "where", "fix"}}` and ends with exit
status 2. Codes: `missing_field`, `invalid_input`, `unknown_op`, `unknown_calc`, and those named
below.
"""

_KINDS = {
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "boolean": "true or false",
    "object": "object",
    "null": "null",
}


def page() -> str:
    """The whole page."""
    parts = [INTRO, _contents()]
    for name in registry.CALCULATORS:
        parts.append(f"## {name}\n")
        parts.extend(_section(operation) for operation in registry.operations(name))
    return "\n".join(parts).rstrip() + "\n"


def _contents() -> str:
    rows = ["| calculator | operation | answers |", "|---|---|---|"]
    for name in registry.CALCULATORS:
        for number, entry in enumerate(registry.operations(name)):
            called = f"`{entry.op}`" if entry.op else ""
            if entry.op and number == 0:
                called += " (default)"
            shown = f"[{name}](#{name})" if number == 0 else ""
            rows.append(f"| {shown} | {called} | {_cell(entry.summary)} |")
    return "\n".join(rows) + "\n"


def _section(operation: Operation) -> str:
    """One operation: what, equation, source, inputs, outputs, examples."""
    given, answered, function = registry.load(operation)
    prose, refusals, examples = _docstring(function)
    lines = [f"### {operation.name}\n"] if operation.op else []
    lines += [
        prose,
        "",
        f"- Equation: `{operation.formula}`",
        f"- Source: {operation.source}",
        f"- Version: {operation.version}",
    ]
    lines += [f"- Refuses: {text}" for text in refusals]
    taken = given.model_json_schema()
    lines += ["", "Inputs:", "", *_table(taken, inputs=True)]
    lines += _nested(taken, inputs=True)
    made = answered.model_json_schema()
    lines += ["", "Outputs:", "", *_table(made, inputs=False)]
    lines += _nested(made, inputs=False)
    if examples:
        lines += ["", "Worked examples:", "", "```pycon", *examples, "```"]
    return "\n".join(lines) + "\n"


def _docstring(function: object) -> tuple[str, list[str], list[str]]:
    """Prose, what is refused, and the examples of a docstring."""
    text = inspect.getdoc(function) or ""
    head, *rest = re.split(r"^(?=>>> )", text, maxsplit=1, flags=re.MULTILINE)
    examples = rest[0].rstrip().splitlines() if rest else []
    prose: list[str] = []
    refusals: list[str] = []
    for paragraph in re.split(r"\n\s*\n", head.strip()):
        title = paragraph.split("\n", 1)[0]
        if title in {"Args:", "Returns:", "Note:"} or title.startswith("Source:"):
            continue
        if title == "Raises:":
            body = inspect.cleandoc(paragraph.split("\n", 1)[1])
            found = re.split(r"^\w+: ", body, flags=re.MULTILINE)
            refusals += [_markdown(" ".join(one.split())) for one in found if one.strip()]
        else:
            prose.append(_markdown(paragraph))
    return "\n\n".join(prose), refusals, examples


def _markdown(text: str) -> str:
    """A docstring's markup as Markdown's."""
    text = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text)
    return text.replace("``", "`")


def _table(schema: Mapping[str, Any], *, inputs: bool) -> list[str]:
    """The fields of a model."""
    fields: Mapping[str, Any] = schema.get("properties", {})
    required = set(schema.get("required", ()))
    if inputs:
        rows = ["| input | type | default | meaning |", "|---|---|---|---|"]
    else:
        rows = ["| output | type | meaning |", "|---|---|---|"]
    for name, field in fields.items():
        if name == "op":
            continue  # the heading names it
        meaning = _cell(_markdown(field.get("description", "")))
        kind = _kind(field)
        if inputs:
            kind = kind.removesuffix(" or null")  # null is absent
        elif name not in required:
            kind = f"{kind.removesuffix(' or null')}, optional"
        kind = _cell(kind)
        if inputs:
            shown = "required" if name in required else _default(field)
            rows.append(f"| `{name}` | {kind} | {_cell(shown)} | {meaning} |")
        else:
            rows.append(f"| `{name}` | {kind} | {meaning} |")
    return rows


def _nested(schema: Mapping[str, Any], *, inputs: bool) -> Iterator[str]:
    """The tables of models within a model."""
    for name, inner in schema.get("$defs", {}).items():
        if "properties" not in inner:
            continue
        about = " ".join(inner.get("description", "").split())
        yield from ("", _markdown(f"`{name}`: {about}" if about else f"`{name}`:"), "")
        yield from _table(inner, inputs=inputs)


def _default(field: Mapping[str, Any]) -> str:
    value = field.get("default", field.get("const"))
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, list):
        value = [int(one) if isinstance(one, float) and one.is_integer() else one for one in value]
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _kind(field: Mapping[str, Any]) -> str:
    """A field's type in words, with its range."""
    if "$ref" in field:
        return f"`{field['$ref'].rsplit('/', 1)[-1]}`"
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    branches = field.get("anyOf") or field.get("oneOf")
    if branches:
        return _union(branches)
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items', {}))}"
    if field.get("type") == "object":
        values = field.get("additionalProperties")
        return f"object of {_kind(values)}" if isinstance(values, Mapping) else "object"
    if "pattern" in field:
        return '`"N%"`'
    return _KINDS.get(field.get("type", ""), "any") + _range(field)


def _union(branches: list[Mapping[str, Any]]) -> str:
    kinds = dict.fromkeys(_kind(one) for one in branches if one.get("type") != "null")
    for kind in list(kinds):
        if kind.startswith("number"):
            kinds.pop(f"whole {kind}", None)
    return " or ".join(kinds) + (" or null" if _nullable(branches) else "")


def _nullable(branches: list[Mapping[str, Any]]) -> bool:
    return any(one.get("type") == "null" for one in branches)


def _range(field: Mapping[str, Any]) -> str:
    signs = {
        "exclusiveMinimum": "> {}",
        "minimum": "≥ {}",
        "exclusiveMaximum": "< {}",
        "maximum": "≤ {}",
    }
    found = [text.format(f"{field[key]:g}") for key, text in signs.items() if key in field]
    return f" {' and '.join(found)}" if found else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write the page, or check it."""
    return write_or_check(PAGE, page(), __file__, arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
