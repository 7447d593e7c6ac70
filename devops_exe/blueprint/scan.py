"""A text in its pieces: header, sections, footer, found by a single pass over its lines.

The document may stand in other text, in a Markdown fence, indented, with CRLF line ends,
trailing blanks or colours. Its title, headings and footer stand at its first column and
nowhere else, so values can never be taken for them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devops_exe.blueprint import template as t
from devops_exe.blueprint.reading import Numbered, quoted
from devops_exe.ground.text import cells, sanitise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.blueprint.reading import Faults

_BLANKS = str.maketrans(
    dict.fromkeys("\t\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f", " ")
    | {chr(code): " " for code in range(0x2000, 0x200B)}
    | {"\u3000": "  "}
)
_NAMES = {heading: name for name, heading in t.HEADINGS.items()}
_FENCES = ("```", "~~~")
_FORMS = ("─", "═", "┌", "│", "└", "|")


@dataclass(slots=True)
class Section:
    """A headed section: its name, its heading, the rule under it and the lines below."""

    name: str
    heading: Numbered
    rule: Numbered | None = None
    body: list[Numbered] = field(default_factory=list)


@dataclass(slots=True)
class Pieces:
    """The pieces of a document.

    Attributes:
        title: the title's line; None where it is missing.
        header: the lines between the title and the first heading.
        sections: every headed section in the text's order, repeated ones included.
        footer: the footer's line with its continuations; empty where missing.
        width: columns of the boxes; 0 where there is no box.
    """

    title: Numbered | None = None
    header: list[Numbered] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    footer: list[Numbered] = field(default_factory=list)
    width: int = 0

    @property
    def lines(self) -> list[Numbered]:
        """All lines of the headed sections, the blank ones between them left out."""
        found: list[Numbered] = []
        for section in self.sections:
            found.append(section.heading)
            if section.rule is not None:
                found.append(section.rule)
            found += section.body
        return found


def lines_of(text: str) -> list[Numbered]:
    """The lines of ``text`` without escape sequences and trailing blanks."""
    plain = sanitise(text.replace("\r\n", "\n")).translate(_BLANKS)
    return [Numbered(n, line.rstrip(" ")) for n, line in enumerate(plain.split("\n"), start=1)]


def pieces_of(lines: Sequence[Numbered], faults: Faults) -> Pieces | None:
    """The pieces of the first document in ``lines``; None where there is none."""
    start, indent = _start(lines)
    if start is None:
        return None
    pieces = Pieces()
    if lines[start].text.strip() == t.TITLE:
        pieces.title = Numbered(lines[start].number, t.TITLE)
        start += 1
    _fill(pieces, [_moved(line, indent) for line in lines[start:]], faults)
    for section in pieces.sections:
        _check_rule(section, faults)
    pieces.width = _width(pieces)
    return pieces


def is_rule(text: str, mark: str) -> bool:
    """Whether a line is a rule of ``mark``, of whatever length."""
    return len(text) > 2 and not text.strip(mark)


def expect_rule(line: Numbered, rule: str, faults: Faults) -> None:
    """Note a rule of the wrong length."""
    if line.text != rule:
        faults.add(
            "box_geometry",
            line.place,
            f"the rule is {len(line.text)} columns long",
            f"make it {len(rule)} × {rule[0]}",
        )


def _start(lines: Sequence[Numbered]) -> tuple[int | None, int]:
    """Index of the first line of the document, and by how much the document is indented."""
    titles = [i for i, line in enumerate(lines) if line.text.strip(" ") == t.TITLE]
    # A title named in the text around is no document; one above its rule is.
    for index in titles:
        if index + 1 < len(lines) and is_rule(lines[index + 1].text.strip(" "), "═"):
            return index, _indent(lines[index].text)
    if titles:
        return titles[0], _indent(lines[titles[0]].text)
    for index, line in enumerate(lines):
        if line.text.strip(" ") in _NAMES and _has_form(lines, index):
            indent = _indent(line.text)
            return _header_start(lines, index, indent), indent
    return None, 0


def _has_form(lines: Sequence[Numbered], index: int) -> bool:
    """Whether a rule, a box or a table follows the heading at ``index``."""
    for line in lines[index + 1 : index + 3]:
        if line.text:
            return line.text.lstrip(" ").startswith(_FORMS)
    return False


def _header_start(lines: Sequence[Numbered], heading: int, indent: int) -> int:
    """Where the header of a document without title begins."""
    blank = " " * indent
    starts = ("═══", *(entry.label for entry in t.HEADER))
    first = heading
    for index in range(max(0, heading - 40), heading):
        if lines[index].text.startswith(tuple(blank + start for start in starts)):
            first = index
            break
    return first


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _moved(line: Numbered, indent: int) -> Numbered:
    if not indent:
        return line
    return Numbered(line.number, line.text[min(indent, _indent(line.text)) :])


def _fill(pieces: Pieces, lines: Sequence[Numbered], faults: Faults) -> None:
    body = pieces.header
    for index, line in enumerate(lines):
        text = line.text
        if text == t.TITLE or text.startswith(_FENCES):
            break
        if text in _NAMES:
            _check_space(lines, index, body, faults)
            pieces.sections.append(Section(_NAMES[text], line))
            body = pieces.sections[-1].body
        elif text == t.FOOTER_LABEL or text.startswith(f"{t.FOOTER_LABEL} "):
            _check_space(lines, index, body, faults)
            pieces.footer = _with_continuations(lines, index)
            break
        else:
            body.append(line)
    for part in (pieces.header, *(section.body for section in pieces.sections)):
        while part and not part[-1].text:
            part.pop()


def _with_continuations(lines: Sequence[Numbered], index: int) -> list[Numbered]:
    column = len(t.FOOTER_LABEL) + 1
    end = index + 1
    while end < len(lines) and lines[end].text and _indent(lines[end].text) == column:
        end += 1
    return list(lines[index:end])


def _check_space(
    lines: Sequence[Numbered], index: int, body: Sequence[Numbered], faults: Faults
) -> None:
    """One blank line stands before a heading and before the footer."""
    blank = 0
    for line in reversed(body):
        if line.text:
            break
        blank += 1
    if blank != 1 and index:
        faults.add(
            "spacing",
            lines[index].place,
            f"{blank or 'no'} blank lines stand before {quoted(lines[index].text)}",
            "leave exactly one",
        )


def _check_rule(section: Section, faults: Faults) -> None:
    """Take the light rule off the head of the section's body."""
    if section.body and is_rule(section.body[0].text, "─"):
        section.rule = section.body.pop(0)
        expect_rule(section.rule, t.LIGHT_RULE, faults)
        return
    faults.add(
        "box_geometry",
        section.heading.place,
        f"no rule stands under {quoted(section.heading.text)}",
        f"put {len(t.LIGHT_RULE)} × ─ under the heading",
    )


def _width(pieces: Pieces) -> int:
    """Columns of the document's boxes: what most borders say."""
    widths = Counter(
        cells(line.text)
        for section in pieces.sections
        for line in section.body
        if line.text.startswith(("┌", "└")) and is_rule(line.text[1:-1], "─")
    )
    return widths.most_common(1)[0][0] if widths else 0
