"""Any text: that it can be read, holds no secret, and keeps what a document promises."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from devops_exe.implement.artefact import KINDS
from devops_exe.implement.proof.result import Fault
from devops_exe.implement.proof.rules import ANY, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.proof.documents import Document, Tree

_UNSTRUCTURED = frozenset(
    {"dockerfile", "dockerignore", "shell", "markdown", "text", "python", "rego"}
)
STRUCTURED = tuple(kind for kind in KINDS if kind not in _UNSTRUCTURED)
"""Kinds that are YAML or JSON."""

_MARKER = re.compile(r"^(?:<{7} |>{7} |={7}$)")
_PUT_IN = re.compile(
    r"\"(?:\\.|[^\"\\\n])*\$[\w{(](?:\\.|[^\"\\\n])*\"|\$\{\{[^\n]*?\}\}|\$\{[^}\n]*\}"
    r"|\{\{[^\n]*?\}\}|\$\([^()\n]*\)|\$\w+"
)
_BOM = "\ufeff"
_FENCE = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})(?P<info>.*)$")
_LINK = re.compile(r"!?\[[^\]\n]*\]\((?P<target>[^()\s]+)(?:\s+\"[^\"]*\")?\)")
_HEADING = re.compile(r"^(?P<level>#{1,6})\s+(?P<text>.+?)\s*#*$")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_PLACEHOLDER = re.compile(r"\b(?:TODO|FIXME|XXX|TBD|lorem ipsum)\b|\{\{\s*\}\}|<no value>")


def plain_text(document: Document, tree: Tree) -> Iterator[Fault]:
    """Printable lines that end in a newline; no byte order mark, no merge marker."""
    text = document.text
    if not text.strip():
        yield Fault("the file is empty")
        return
    if not text.endswith("\n"):
        yield Fault("the last line does not end", text.count("\n") + 1)
    if text.startswith(_BOM):
        yield Fault("a byte order mark stands at the beginning", 1)
    for number, line in enumerate(text.split("\n"), 1):
        if _MARKER.match(line):
            yield Fault("a merge marker", number)
        odd = next((c for c in line if not c.isprintable() and c != "\t"), None)
        if odd is not None and not (number == 1 and odd == _BOM):
            yield Fault(f"the character U+{ord(odd):04X}", number)


def no_secret(document: Document, tree: Tree) -> Iterator[Fault]:
    """No value that looks like a password, key or token."""
    from devops_exe.ground.redaction import Redactor

    # what is put in when it runs stands in no file
    text = _PUT_IN.sub("", document.text)
    cleaned = Redactor().redact(text)
    if cleaned == text:
        return
    for number, (before, after) in enumerate(
        zip(text.split("\n"), cleaned.split("\n"), strict=False), 1
    ):
        if before != after:
            yield Fault("a value that looks like a secret", number)
            return
    yield Fault("a value that looks like a secret")


def readable(document: Document, tree: Tree) -> Iterator[Fault]:
    """Valid YAML or JSON in which no key is given twice."""
    found, faults = document.parsed
    yield from faults
    if not faults and all(node is None for node in found):
        yield Fault("nothing is in it")


def structure(document: Document, tree: Tree) -> Iterator[Fault]:
    """No text where a mapping or a list is meant."""
    for node in document.all:
        if not isinstance(node, dict | list):
            yield Fault(f"{str(node)[:40]!r} is neither a mapping nor a list")


def links(document: Document, tree: Tree) -> Iterator[Fault]:
    """Links that lead to a file of the tree, or to a heading of the page."""
    anchors = {_anchor(text) for _, text in _headings(document.text)}
    folder = posixpath.dirname(document.artefact.path)
    for number, line in _prose(document.text):
        for found in _LINK.finditer(line):
            target, _, anchor = found["target"].partition("#")
            if re.match(r"[a-z][a-z0-9+.-]*:", target, re.I):
                continue
            if not target:
                if anchor and anchor not in anchors:
                    yield Fault(f"no heading has the anchor #{anchor}", number)
                continue
            path = posixpath.normpath(posixpath.join(folder, unquote(target)))
            if not tree.has(path) and not _folder(tree, path):
                yield Fault(f"the link leads to {target}, which is not there", number)


def page(document: Document, tree: Tree) -> Iterator[Fault]:
    """A title, fences that close, rows as wide as their table, nothing left to be filled in."""
    headings = list(_headings(document.text))
    if not headings or headings[0][0] != 1:
        yield Fault("the page has no title (# …)", 1)
    fence = ""
    opened = 0
    for number, line in enumerate(document.text.split("\n"), 1):
        found = _FENCE.match(line)
        if found and not fence:
            fence, opened = found["fence"], number
        elif found and line.strip().startswith(fence) and not found["info"].strip():
            fence = ""
    if fence:
        yield Fault("the code block is never closed", opened)
    yield from _tables(document.text)
    for number, line in _prose(document.text):
        found_word = _PLACEHOLDER.search(line)
        if found_word:
            yield Fault(f"{found_word[0]!r} is left to be filled in", number)


def _tables(text: str) -> Iterator[Fault]:
    width = 0
    before = ""
    for number, line in _prose(text):
        if _TABLE_RULE.match(line) and "|" in line and "|" in before:
            width = _cells(before)
            if _cells(line) != width:
                yield Fault(f"{_cells(line)} columns under a heading of {width}", number)
        elif width and "|" in line:
            if _cells(line) != width:
                yield Fault(f"{_cells(line)} cells in a table of {width} columns", number)
        else:
            width = 0
        before = line


def _cells(line: str) -> int:
    bare = re.sub(r"`[^`]*`", "", line.strip()).replace("\\|", "")
    return bare.strip("|").count("|") + 1


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """Lines outside of code blocks, with their numbers."""
    fence = ""
    for number, line in enumerate(text.split("\n"), 1):
        found = _FENCE.match(line)
        if found and not fence:
            fence = found["fence"]
        elif found and line.strip().startswith(fence) and not found["info"].strip():
            fence = ""
        elif not fence:
            yield number, line


def _headings(text: str) -> Iterator[tuple[int, str]]:
    for _, line in _prose(text):
        found = _HEADING.match(line)
        if found:
            yield len(found["level"]), found["text"]


def _anchor(text: str) -> str:
    kept = re.sub(r"[^\w\s-]", "", text.lower())
    return re.sub(r"\s", "-", kept.strip())


def _folder(tree: Tree, path: str) -> bool:
    inside = "" if path == "." else f"{path}/"
    return any(name.startswith(inside) for name in (*tree.documents, *tree.context))


RULES = (
    Rule("plain-text", (ANY,), plain_text, "printable lines, the last one ended", general=True),
    Rule("no-secret", (ANY,), no_secret, "no value that looks like a secret", general=True),
    Rule("readable", STRUCTURED, readable, "valid YAML or JSON, no key twice", general=True),
    Rule("structure", STRUCTURED, structure, "mappings and lists at the top", general=True),
    Rule("links", ("markdown",), links, "links lead to files and headings that are there"),
    Rule("page", ("markdown",), page, "a title, closed fences, whole tables, nothing left open"),
)
