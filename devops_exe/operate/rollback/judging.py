"""Whether an output is what a check wants: text by pattern, JSON by path and comparison."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from devops_exe.operate.rollback.model import Check, Expectation, Keep, Selection, Wanted

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,300}\Z")
"""What a value that becomes part of a command may look like."""

_SHOWN = 5
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found.

    Attributes:
        agrees: whether it is as wanted.
        why: what was wanted and seen, where it is not.
        kept: values for later steps.
    """

    agrees: bool
    why: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)


def judge(check: Check, output: str) -> Verdict:
    """Judge the output of a command that ended well.

    Nothing is raised: an output that cannot be read does not agree.
    """
    if check.says and not re.search(check.says, output):
        return Verdict(agrees=False, why=f"its output has nothing like {_readable(check.says)}")
    if check.never and (found := re.search(check.never, output)):
        return Verdict(agrees=False, why=f"its output has {found[0].strip()[:120]!r}")
    if not check.expect and not check.keep:
        return Verdict(agrees=True)
    document = read_json(output)
    if document is _NOTHING:
        return Verdict(agrees=False, why=f"its output is no JSON: {output.strip()[:80]!r}")
    for expectation in check.expect:
        why = _unmet(expectation, document)
        if why:
            return Verdict(agrees=False, why=why)
    kept: dict[str, str] = {}
    for keep in check.keep:
        value, why = _kept(keep, document)
        if why:
            return Verdict(agrees=False, why=why)
        kept[keep.name] = value
    return Verdict(agrees=True, kept=kept)


def read_json(text: str) -> object:
    """JSON, or one JSON value a line (newer Docker Compose), as a list."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        return [json.loads(line) for line in lines] if lines else _NOTHING
    except (ValueError, RecursionError):
        return _NOTHING


def safe(value: str) -> bool:
    """Whether a value may become part of a command: one word, no option, no odd character."""
    return bool(_SAFE.match(value))


def select(selection: Selection, document: object) -> list[str]:
    """The selected values as text; ``true``, ``false``, numbers without a superfluous ``.0``.

    >>> from devops_exe.operate.rollback.model import Selection
    >>> select(Selection(take=("items", "n")), {"items": [{"n": 1}, {"n": True}, {}]})
    ['1', 'true']
    """
    nodes = list(_walk(document, selection.at))
    chosen = [
        node
        for node in nodes
        if all(
            any(holds(test, _text(value)) for value in _walk(node, path))
            for path, test in selection.where
        )
    ]
    return [_text(value) for node in chosen for value in _walk(node, selection.take)]


def _walk(node: object, path: Sequence[str]) -> Iterator[object]:
    if isinstance(node, list):
        for item in node:
            yield from _walk(item, path)
    elif not path:
        if node is not None:
            yield node
    elif isinstance(node, dict) and path[0] in node:
        yield from _walk(node[path[0]], path[1:])


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True) if value else ""
    return str(value)


def holds(test: Wanted, value: str) -> bool:
    """Whether a value passes.

    >>> from devops_exe.operate.rollback.model import Wanted
    >>> [holds(Wanted("tag", ("v1.4.2",)), image) for image in
    ...  ("r/shop:v1.4.2", "r:5000/shop:1.4.2@sha256:ab", "r/shop:v1.4.20", "r/shop")]
    [True, True, False, False]
    """
    wanted = test.wanted[0] if test.wanted else ""
    if test.op == "tag":
        tag = value.split("@", 1)[0].rpartition("/")[2].rpartition(":")[2]
        named = ":" in value.split("@", 1)[0].rpartition("/")[2]
        return named and _bare(tag) == _bare(wanted)
    if test.op == "below":
        try:
            return float(value) < float(wanted)
        except ValueError:
            return False
    if test.op == "ends":
        return value.endswith(wanted)
    if test.op == "has":
        if wanted in {"", "."}:
            return bool(value) or wanted == ""
        return bool(re.search(rf"(?<![\w.]){re.escape(wanted)}(?![\w.]*\w)", value))
    return value in test.wanted


def _bare(version: str) -> str:
    """A version without the letter that some write before it: ``v1.4.2`` is ``1.4.2``."""
    return version[1:] if re.match(r"[vV]\d", version) else version


def demands(check: Check) -> list[str]:
    """What a check wants, in words; a command that must only end well wants nothing more."""
    said = [f"says {_readable(check.says)}"] if check.says else []
    said += ["nothing that is down"] if check.never else []
    for one in check.expect:
        path = " > ".join((*one.selection.at, *one.selection.take))
        said.append(f"{path}: {_wanted(one)}{_only(one.selection)}")
    for keep in check.keep:
        what = f"{{{keep.name}}} is {keep.known or 'what it finds'}"
        said.append(f"{what}{_only(keep.selection)}")
    return said or ["ends with status 0"]


def _only(selection: Selection) -> str:
    wanted = [
        f"{path[-1]} {_OPS[test.op]}{' or '.join(test.wanted)}" for path, test in selection.where
    ]
    return f" (where {', '.join(wanted)})" if wanted else ""


def _wanted(one: Expectation) -> str:
    if one.same is not None:
        return f"{_EACH[one.each]}the same as {' > '.join((*one.same.at, *one.same.take))}"
    assert one.test is not None
    if one.each == "none" and one.test.wanted in {("",), (".",)}:
        return "nothing"
    return f"{_EACH[one.each]}{_OPS[one.test.op]}{' or '.join(map(repr, one.test.wanted))}"


def _unmet(expectation: Expectation, document: object) -> str:
    """What is not as expected; empty where all is."""
    values = select(expectation.selection, document)
    path = " > ".join((*expectation.selection.at, *expectation.selection.take)) or "the output"
    if not values:
        return "" if expectation.maybe or expectation.each == "none" else f"{path}: nothing there"
    words = _wanted(expectation)
    if expectation.same is not None:
        other = select(expectation.same, document)
        agree = [value in other for value in values]
        words += f" ({_list(other)})"
    else:
        test = expectation.test
        assert test is not None
        agree = [holds(test, value) for value in values]
    met = {"any": any(agree), "all": all(agree), "none": not any(agree)}[expectation.each]
    if met:
        return ""
    wrong = [v for v, yes in zip(values, agree, strict=True) if yes == (expectation.each == "none")]
    return f"{path}: wanted {words}, saw {_list(wrong)}"


_OPS = {
    "is": "",
    "in": "",
    "tag": "tagged ",
    "ends": "ending in ",
    "below": "below ",
    "has": "with ",
}
_EACH = {"any": "", "all": "each ", "none": "none "}


def _kept(keep: Keep, document: object) -> tuple[str, str]:
    selection = keep.selection
    if keep.known and keep.loose:
        from dataclasses import replace

        selection = replace(selection, where=())
    values = select(selection, document)
    if keep.known:
        if keep.known in values:
            return keep.known, ""
        return "", f"{keep.known} is not among those that can be returned to: {_list(values)}"
    if not values:
        wanted = [word for _, test in selection.where for word in test.wanted]
        return "", f"no {keep.name.lower().replace('_', ' ')} of {' '.join(wanted)} is there"
    value = max(values, key=_number) if keep.highest else values[0]
    if not safe(value):
        return "", f"{keep.name} is {value[:60]!r}: no value for a command"
    return value, ""


def _number(value: str) -> tuple[int, str]:
    return (int(value), value) if value.isascii() and value.isdigit() else (-1, value)


def _list(values: Sequence[str]) -> str:
    seen = list(dict.fromkeys(value[:120] for value in values))
    more = f" and {len(seen) - _SHOWN} more" if len(seen) > _SHOWN else ""
    return ", ".join(repr(value) for value in seen[:_SHOWN]) + more if seen else "nothing"


def _readable(pattern: str) -> str:
    """A pattern of the table without its anchors and escapes, for a person."""
    return repr(re.sub(r"\\[AZsb]\*?|\(\?m\)|[\^$]|\\(?=[^\w])", "", pattern).strip())
