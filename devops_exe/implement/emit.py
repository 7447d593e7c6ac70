r"""YAML with comments: a plain structure written out so that it reads back as the same value.

The scalars are PyYAML's own, so a name such as ``no``, ``1e3`` or ``null`` is quoted where a
reader would take it for something else. Comments and layout are ours: no installed library
writes both a value and the reference of the figure behind it.

>>> print(emit({"replicas": Figured(45, "L6.total_replicas"), "name": "no"}), end="")
replicas: 45  # L6.total_replicas
name: 'no'
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from devops_exe.ground.errors import UserError

Node = object
"""A mapping, a sequence, a scalar, or one of the marked values of this module."""


@dataclass(frozen=True, slots=True)
class Figured:
    """A number of the ledger.

    Attributes:
        value: as it is written in the file.
        reference: the entry's output it is (``L6.total_replicas``), or what it is made of.
    """

    value: int | float | str
    reference: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A value with a comment behind it, or above it where it spans lines."""

    value: Node
    note: str


@dataclass(frozen=True, slots=True)
class Block:
    """Text of several lines, written as a literal block."""

    text: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """A string that is always written in double quotes (an expression with braces)."""

    text: str


def plain(node: Node) -> object:
    """The value without its marks: what the emitted text reads back as."""
    if isinstance(node, Figured):
        return node.value
    if isinstance(node, Noted):
        return plain(node.value)
    if isinstance(node, Block | Quoted):
        return node.text
    if isinstance(node, Mapping):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, Sequence) and not isinstance(node, str | bytes):
        return [plain(item) for item in node]
    return node


def emit(*documents: Node, header: Sequence[str] = ()) -> str:
    """The text of one or several YAML documents.

    Args:
        documents: mappings or sequences; keys are strings, in the order given.
        header: comment lines at the top.

    Raises:
        UserError: a value can be written in no way (a control character in a literal block).
    """
    lines = [f"# {line}".rstrip() for line in header]
    for number, document in enumerate(documents):
        if number:
            lines.append("---")
        lines += _lines(document, 0)
    return "\n".join(lines) + "\n"


def _lines(node: Node, depth: int) -> Iterator[str]:
    value, note = _unwrapped(node)
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _entry(f"{scalar(str(key))}:", item, depth)
        if not value:
            yield f"{'  ' * depth}{{}}"
    elif isinstance(value, Sequence) and _is_list(value):
        for item in value:
            yield from _item(item, depth)
        if not value:
            yield f"{'  ' * depth}[]"
    else:
        yield f"{'  ' * depth}{scalar(value)}{_comment(note)}"


def _entry(key: str, node: Node, depth: int) -> Iterator[str]:
    value, note = _unwrapped(node)
    pad = "  " * depth
    if _nested(value):
        yield f"{pad}{key}{_comment(note)}"
        deeper = depth if _is_list(value) else depth + 1
        # a list under a key stands two cells deeper, as linters of workflows expect it
        yield from _lines(value, deeper + 1 if _is_list(value) else deeper)
    elif isinstance(value, Block):
        yield from _block(f"{pad}{key}", value, depth)
    else:
        yield f"{pad}{key} {_inline(value)}{_comment(note)}"


def _item(node: Node, depth: int) -> Iterator[str]:
    value, note = _unwrapped(node)
    pad = "  " * depth
    if _nested(value):
        if note:
            yield f"{pad}# {note}"
        inner = list(_lines(value, depth + 1))
        first = inner[0].lstrip(" ")
        yield f"{pad}- {first}"
        yield from inner[1:]
    elif isinstance(value, Block):
        yield from _block(f"{pad}-", value, depth)
    else:
        yield f"{pad}- {_inline(value)}{_comment(note)}"


def _block(lead: str, block: Block, depth: int) -> Iterator[str]:
    text = block.text
    if any(not (c.isprintable() or c == "\n") for c in text) or not text.strip():
        yield f"{lead} {scalar(text)}"
        return
    lines = text.split("\n")
    keep = ""
    if lines[-1] == "":
        lines.pop()
        keep = "" if lines and lines[-1] else "+"
    else:
        keep = "-"
    indent = "2" if lines[0].startswith(" ") else ""
    yield f"{lead} |{indent}{keep}"
    pad = "  " * (depth + 1)
    for line in lines:
        yield f"{pad}{line}" if line else ""


def _inline(value: Node) -> str:
    if isinstance(value, Mapping):
        return "{}"
    if _is_list(value):
        return "[]"
    return scalar(value)


def _nested(value: Node) -> bool:
    return bool(value) and (isinstance(value, Mapping) or _is_list(value))


def _is_list(value: Node) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _unwrapped(node: Node) -> tuple[Node, str]:
    note = ""
    while isinstance(node, Noted | Figured):
        if isinstance(node, Noted):
            note = node.note if not note else f"{note}; {node.note}"
        else:
            note = node.reference if not note else f"{node.reference}; {note}"
        node = node.value
    return node, " ".join(note.split())


def _comment(note: str) -> str:
    return f"  # {note}" if note else ""


def scalar(value: Node) -> str:
    """A scalar on one line, quoted where a reader would misread it.

    >>> scalar("1e3"), scalar("null"), scalar("a: b"), scalar(True), scalar("08")
    ("'1e3'", "'null'", "'a: b'", 'true', "'08'")
    """
    if isinstance(value, Quoted):
        return _double(value.text)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        return _string(value)
    raise UserError(
        f"{type(value).__name__} is no value of a file",
        where="implement",
        fix="give text, a number, a list or a mapping",
        code="not_writable",
    )


def _number(value: float) -> str:
    if value == int(value) and abs(value) < 10**15:
        return str(int(value))
    return format(value, ".12g")


_LIKE_NUMBERS = frozenset("0123456789.+-")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", ""})


@lru_cache(maxsize=4096)
def _string(text: str) -> str:
    import yaml

    if any(ord(c) < 32 or not c.isprintable() for c in text):
        return _double(text)
    plain_text: str = yaml.safe_dump(
        text, width=10**9, allow_unicode=True, default_flow_style=True
    ).removesuffix("\n...\n")
    plain_text = plain_text.rstrip("\n")
    # what YAML 1.2 readers of other languages take for a number or a truth value
    if plain_text == text and (text.lower() in _WORDS or _looks_numeric(text)):
        return "'" + text.replace("'", "''") + "'"
    return plain_text


def _looks_numeric(text: str) -> bool:
    if text[:1] not in _LIKE_NUMBERS:
        return False
    body = text.replace("_", "").lstrip("+-").lower()
    try:
        float(body)
    except ValueError:
        return body.startswith(("0x", "0o", "0b")) or body in {".inf", ".nan"}
    return True


def _double(text: str) -> str:
    import json

    # JSON's escapes are YAML's, but for characters outside the basic plane
    written = json.dumps(text, ensure_ascii=not text.isprintable())
    if "\\ud" not in written:
        return written
    return "".join(c if c.isprintable() and c not in '"\\' else _escape(c) for c in text).join(
        ('"', '"')
    )


def _escape(character: str) -> str:
    code = ord(character)
    if character in '"\\':
        return "\\" + character
    return f"\\x{code:02x}" if code < 256 else f"\\U{code:08x}"
