"""Terraform's own language: the statements of a file with their lines, no comment, no text.

Method: python-hcl2, where it is installed (the extra ``terraform``), parses the file; without
it, or where it refuses, lines are read with comments and here-documents taken out. Both give
the same thing: the lines on which blocks open and plain attributes stand, so that the rules of
the table read either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

Parser = Callable[[str], Any]

MOST_PARSED = 128 * 1024
"""Characters of a file that are parsed; a longer one is read line by line."""
MOST_DEPTH = 40
HINT = (
    "Terraform files are read line by line; "
    "to have them parsed: pip install 'devops-exe[terraform]'"
)
_HEREDOC = re.compile(r"<<-?\s?([A-Za-z_]\w{0,60})\s{0,20}\Z")


@cache
def parser() -> Parser | None:
    """The parser of the extra, or None where it is not installed; imported at the first call."""
    try:
        from hcl2 import api
    except ImportError:
        return None
    parse: Parser = api.parses_to_tree
    return parse


def statements(text: str) -> str:
    """The file with nothing left but what it states, each on its own line."""
    parse = parser()
    if parse is not None and len(text) <= MOST_PARSED:
        read = parsed(text, parse)
        if read is not None:
            return read
    return stripped(text)


def parsed(text: str, parse: Parser) -> str | None:
    """The statements by the parser; None where it does not accept the file."""
    from lark.exceptions import LarkError

    try:
        tree = parse(text if text.endswith("\n") else text + "\n")
    except (LarkError, ValueError, RecursionError):
        return None
    lines = [""] * (text.count("\n") + 2)
    for line, statement in _statements(tree):
        if 0 < line <= len(lines):
            # Two statements of one line stand together, as they did.
            lines[line - 1] = f"{lines[line - 1]} {statement}".strip()
    return "\n".join(lines[: text.count("\n") + 1])


def _statements(tree: Any) -> Iterator[tuple[int, str]]:
    """Blocks and plain attributes, outermost first; the stack bounds the depth."""
    pending = [(child, 0) for child in reversed(tree.children) if hasattr(child, "data")]
    while pending:
        node, depth = pending.pop()
        kind = str(node.data)
        if kind == "block":
            words = [_text(child) for child in node.children if hasattr(child, "data")]
            head = words[0]
            labels = [word for word in words[1:] if word is not None]
            yield _line(node), " ".join([str(head), *(f'"{label}"' for label in labels), "{"])
        elif kind == "attribute":
            name, value = _text(node.children[0]), _plain(node.children[-1])
            if name is not None and value is not None:
                yield _line(node), f"{name} = {value}"
            continue
        elif kind not in ("body", "start"):
            continue
        if depth < MOST_DEPTH:
            inner = [child for child in node.children if hasattr(child, "data")]
            pending += [(child, depth + 1) for child in reversed(inner)]


def _line(node: Any) -> int:
    """The line of a node's first token."""
    while hasattr(node, "data"):
        if not node.children:
            return 0
        node = node.children[0]
    return int(node.line or 0)


def _text(node: Any) -> str | None:
    """What an identifier or a plain string holds."""
    if str(node.data) == "identifier":
        return str(node.children[0])
    if str(node.data) != "string":
        return None
    parts = [child for child in node.children if hasattr(child, "data")]
    if not all(str(part.data) == "string_part" for part in parts):
        return None
    texts = [str(token) for part in parts for token in part.children if not hasattr(token, "data")]
    return "".join(texts)


def _plain(node: Any) -> str | None:
    """A string, number or truth value as it is written; None for an expression."""
    while str(node.data) == "expr_term" and len(node.children) == 1:
        node = node.children[0]
        if not hasattr(node, "data"):
            return str(node)
    if str(node.data) == "string":
        text = _text(node)
        return None if text is None else f'"{text}"'
    if str(node.data) in ("int_lit", "float_lit", "identifier") and len(node.children) == 1:
        return str(node.children[0])
    return None


def stripped(text: str) -> str:
    """The lines without comments and here-documents: the reading where nothing parses."""
    out: list[str] = []
    ends, comment = "", False
    for line in text.split("\n"):
        if ends:
            ends = "" if line.strip() == ends else ends
            out.append("")
            continue
        kept, comment = _uncommented(line, inside=comment)
        out.append(kept)
        opened = _HEREDOC.search(kept)
        ends = opened[1] if opened else ""
    return "\n".join(out)


_PIECE = re.compile(r'"(?:[^"\\]|\\.){0,2000}"|/\*|\*/|//|#')


def _uncommented(line: str, *, inside: bool) -> tuple[str, bool]:
    """The line without comments, and whether a long one goes on behind it."""
    kept, at = "", 0
    for found in _PIECE.finditer(line):
        mark = found[0]
        if inside:
            if mark == "*/":
                inside, at = False, found.end()
        elif mark == "/*":
            kept, inside = kept + line[at : found.start()], True
        elif mark in ("//", "#"):
            return kept + line[at : found.start()], False
    return (kept, True) if inside else (kept + line[at:], False)
