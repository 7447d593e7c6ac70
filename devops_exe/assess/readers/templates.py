"""A Helm template as the YAML that its chart's own values make of it, line for line.

Method: Go's text/template as charts use it: values by their path, ``default``, ``quote``,
``toYaml``, ``if``/``with``/``else``, customary helpers by the end of their names. What is
not known becomes nothing, loops and definitions are left out, nothing is ever run. Lines keep
their numbers, so that a fact points into the template.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from devops_exe.assess.readers.yamltree import YamlMap, child

_ACTION = re.compile(r"\{\{-?\s{0,20}(.{0,600}?)\s{0,20}-?\}\}")
_PATH = re.compile(r"\$?\.Values((?:\.[A-Za-z_]\w{0,60}){1,8})\Z")
_LOCAL = re.compile(r"((?:\.[A-Za-z_]\w{0,60}){1,8})\Z")
_WORD = re.compile(r'"(?:[^"\\]|\\.){0,300}"|`[^`]{0,300}`|\([^()]{0,400}\)|[^\s|"`()]{1,200}|\|')
_VALUES = re.compile(r"\.Values(?:\.\w{1,60}){1,8}")
_MOST_DEPTH = 60
_PASSED = frozenset(
    {"quote", "squote", "int", "int64", "toString", "trunc", "trimSuffix", "lower", "trim",
     "nindent", "indent", "toYaml", "tpl", "required", "float64", "b64enc", "kindIs"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Release:
    """What a template is filled with: the chart's values, its name and its version."""

    values: Any
    chart: str
    version: str = ""


@dataclass(slots=True)
class _Frame:
    """An open ``if``, ``with`` or ``range``: whether its lines count, and its dot."""

    active: bool
    taken: bool
    dot: Any
    outer: bool


class _Unknown:
    """A value that only a release knows."""


_UNKNOWN = _Unknown()


def render(text: str, release: Release) -> str:
    """The template with what the values state; as many lines as before."""
    frames: list[_Frame] = []
    out: list[str] = []
    open_action = False
    for line in text.split("\n"):
        if open_action:
            open_action = "}}" not in line
            out.append("")
            continue
        whole = _ACTION.fullmatch(line.strip())
        if whole is not None and _control(whole[1], frames, release):
            out.append("")
            continue
        if line.count("{{") > line.count("}}"):
            open_action = True
            out.append("")
            continue
        active = not frames or frames[-1].active
        out.append(_line(line, whole, frames, release) if active else "")
    return "\n".join(out)


def _control(action: str, frames: list[_Frame], release: Release) -> bool:
    """Whether the action opens, turns or closes a block (or states a variable)."""
    head, _, rest = action.partition(" ")
    active = not frames or frames[-1].active
    dot = frames[-1].dot if frames else None
    if head in ("if", "with", "range", "define", "block") and len(frames) < _MOST_DEPTH:
        value = _value(rest, dot, release)
        holds = head == "if" and (_true(rest, dot, release))
        holds = holds or (head == "with" and value is not _UNKNOWN and _truth(value))
        inner = value if head == "with" else dot
        frames.append(_Frame(active and holds, holds, inner, active))
    elif head == "else" and frames:
        frame = frames[-1]
        condition = rest.removeprefix("if").strip()
        holds = not frame.taken and (not rest or _true(condition, dot, release))
        frame.active, frame.taken = frame.outer and holds, frame.taken or holds
    elif head == "end":
        if frames:
            frames.pop()
    else:
        return action.startswith(("/*", "$"))
    return True


def _line(line: str, whole: re.Match[str] | None, frames: list[_Frame], release: Release) -> str:
    dot = frames[-1].dot if frames else None
    if whole is not None and ("toYaml" in whole[1] or "include" in whole[1]):
        value = _value(whole[1], dot, release)
        if not isinstance(value, (dict, list)) or "include" in whole[1]:
            return ""
        indent = re.search(r"n?indent\s{1,4}(\d{1,2})", whole[1])
        return " " * (int(indent[1]) if indent else 0) + json.dumps(value)
    return _ACTION.sub(lambda found: _inline(found[1], dot, release), line)


def _inline(action: str, dot: Any, release: Release) -> str:
    value = _value(action, dot, release)
    if isinstance(value, dict):
        return _image(value)
    if isinstance(value, list):
        return json.dumps(value)
    text = "" if value is None or isinstance(value, _Unknown) else str(value)
    return json.dumps(text) if re.search(r"\|\s{0,4}s?quote\b|^s?quote\s", action) else text


def _image(value: dict[str, Any]) -> str:
    """``repository:tag`` of an image's values, as helpers put it together."""
    name = value.get("repository") or value.get("name")
    if not isinstance(name, str):
        return ""
    registry, tag = value.get("registry"), value.get("tag")
    head = f"{registry}/" if isinstance(registry, str) and registry else ""
    return head + name + (f":{tag}" if isinstance(tag, str) and tag else "")


def _value(text: str, dot: Any, release: Release) -> Any:
    """What an expression comes to; ``_UNKNOWN`` where only a release knows."""
    words = _WORD.findall(text)[:60]
    parts: list[list[str]] = [[]]
    for word in words:
        if word == "|":
            parts.append([])
        else:
            parts[-1].append(word)
    value = _call(parts[0], dot, release)
    for part in parts[1:]:
        if part[:1] == ["default"] and len(part) > 1 and (
            isinstance(value, _Unknown) or not _truth(value)
        ):  # fmt: skip
            value = _term(part[1], dot, release)
    return value


def _call(words: list[str], dot: Any, release: Release) -> Any:
    if not words:
        return _UNKNOWN
    head, rest = words[0], words[1:]
    if head == "default" and len(rest) > 1:
        value = _term(rest[1], dot, release)
        known = not isinstance(value, _Unknown) and _truth(value)
        return value if known else _term(rest[0], dot, release)
    if head == "include" and rest:
        return _helper(rest, dot, release)
    if head == "printf" and rest:
        return _printf(rest, dot, release)
    if head in _PASSED:
        return _term(rest[-1], dot, release) if rest else _UNKNOWN
    return _term(head, dot, release) if not rest else _UNKNOWN


def _helper(rest: list[str], dot: Any, release: Release) -> Any:
    """Customary helpers: names are the chart's, an image helper's values stand behind it."""
    name = rest[0].strip('"').lower()
    if name.endswith(("fullname", ".name", "chartname")):
        return release.chart
    if "image" in name:
        for path in _VALUES.findall(" ".join(rest[1:])):
            value = _term(path, dot, release)
            if isinstance(value, dict) and _image(value):
                return value
    return _UNKNOWN


def _printf(rest: list[str], dot: Any, release: Release) -> Any:
    values = [_term(word, dot, release) for word in rest[1:]]
    if any(isinstance(value, (_Unknown, dict, list)) or value is None for value in values):
        return _UNKNOWN
    pieces = re.split(r"%[svd]", rest[0].strip('"'))
    if len(pieces) != len(values) + 1:
        return _UNKNOWN
    ends = [*(str(value) for value in values), ""]
    return "".join(piece + end for piece, end in zip(pieces, ends, strict=True))


def _term(word: str, dot: Any, release: Release) -> Any:
    if word.startswith("("):
        return _value(word[1:-1], dot, release)
    if word[:1] in ('"', "`"):
        return word[1:-1]
    if word.isdigit():
        return word
    path = _PATH.match(word)
    if path is not None:
        return child(release.values, *path[1][1:].split("."))
    if word in (".Chart.Name", ".Release.Name", "$.Chart.Name", "$.Release.Name"):
        return release.chart
    if word in (".Chart.AppVersion", "$.Chart.AppVersion", ".Chart.Version"):
        return release.version or _UNKNOWN
    if word in ("true", "false"):
        return word
    if word == "." and dot is not None:
        return dot
    local = _LOCAL.match(word)
    if local is not None and isinstance(dot, YamlMap):
        return child(dot, *local[1][1:].split("."))
    return _UNKNOWN


def _true(text: str, dot: Any, release: Release) -> bool:
    """Whether a condition holds; what is not known holds."""
    words = _WORD.findall(text)[:40]
    if not words:
        return True
    head, rest = words[0], words[1:]
    if head == "not" and rest:
        return not _true(" ".join(rest), dot, release)
    if head in ("and", "or") and rest:
        held = [_true(_bare(word), dot, release) for word in rest]
        return all(held) if head == "and" else any(held)
    if head in ("eq", "ne") and len(rest) > 1:
        one, two = _term(rest[0], dot, release), _term(rest[1], dot, release)
        if isinstance(one, _Unknown) or isinstance(two, _Unknown):
            return True
        return bool((str(one) == str(two)) == (head == "eq"))
    value = _value(text, dot, release)
    return isinstance(value, _Unknown) or _truth(value)


def _bare(word: str) -> str:
    return word[1:-1] if word.startswith("(") else word


def _truth(value: Any) -> bool:
    if isinstance(value, str):
        return value not in ("", "false", "0", "null")
    return bool(value)
