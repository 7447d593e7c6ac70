"""From a text to the values, with everything that is wrong with it as findings.

An independent reader of the template: it walks the same tables as the renderer, never
raises on any text, takes time linear in its length, and recovers what it can. A text
without findings is a document letter for letter. Codes of the findings, all errors but the
last:

``not_a_blueprint``       neither the title nor any heading was found; no values
``missing_section``       header, a section or the footer is not there
``section_out_of_order``  a section stands above one that it follows in the template
``duplicate_section``     a section stands there twice; the first counts
``unknown_section``       a heading that the template does not have
``missing_field``         a label is not there; the field is "", 0 or ()
``duplicate_field``       a label stands there twice; the first counts
``rto_missing``           the line ``RTO:`` is not there
``box_geometry``          a rule, border, width, column or row is not the template's
``spacing``               not exactly one blank line before a heading or the footer
``malformed_table``       header, separator, bars or number of cells of a table
``bar_mismatch``          a bar does not show its percentage
``bad_number``            a figure that cannot be read
``broken_line``           a word broken at a line's end does not go on
``unexpected_line``       a line that belongs to nothing
``too_many_findings``     the rest of more than 500
``not_canonical``         a warning: well formed, but not the letters this program prints
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.blueprint import template as t
from devops_exe.blueprint.boxes import check_shape, content_of, rows_of
from devops_exe.blueprint.finding import Finding
from devops_exe.blueprint.model import (
    PARTS,
    SECTIONS,
    Blueprint,
    EnvironmentRow,
    Header,
    InfrastructureRow,
    Monitoring,
    Overview,
    Pipeline,
    Rollback,
    ScalingRow,
    Strategy,
)
from devops_exe.blueprint.reading import Faults, Numbered, Reading, quoted
from devops_exe.blueprint.render import box_rows, header_rows, render
from devops_exe.blueprint.scan import expect_rule, is_rule, lines_of, pieces_of
from devops_exe.blueprint.tables import table_of
from devops_exe.blueprint.values import fields_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.blueprint.model import Part
    from devops_exe.blueprint.scan import Pieces, Section

_BOXED: dict[str, type[Part]] = {
    "overview": Overview,
    "pipeline": Pipeline,
    "strategy": Strategy,
    "rollback": Rollback,
    "monitoring": Monitoring,
}
_TABLED: dict[str, type[Part]] = {
    "environments": EnvironmentRow,
    "infrastructure": InfrastructureRow,
    "scaling": ScalingRow,
}


def parse(text: str) -> Reading:
    """Read a document, whatever stands around it; never raises.

    Args:
        text: the document, possibly in other text, in a Markdown fence, with CRLF line
            ends, trailing blanks or terminal colours.
    """
    faults = Faults()
    pieces = pieces_of(lines_of(text), faults)
    if pieces is None:
        finding = Finding(
            "not_a_blueprint",
            "error",
            "line 1",
            "neither the title nor any section of a blueprint was found",
            f"begin with {quoted(t.TITLE)} and a rule of {len(t.HEAVY_RULE)} × ═",
        )
        return Reading(None, (finding,))
    _note_sections(pieces, faults)
    fields: dict[str, object] = {"header": _header(pieces, faults)}
    for section in pieces.sections:
        if section.name not in fields:
            fields[section.name] = _section(section, pieces.width, faults)
    fields["footer"] = _footer(pieces, faults)
    blueprint = Blueprint.model_validate(fields)
    if not len(faults):
        _check_letters(pieces, blueprint, faults)
    return Reading(blueprint, faults.all())


def _note_sections(pieces: Pieces, faults: Faults) -> None:
    """Which sections are missing, repeated or out of order."""
    seen: set[str] = set()
    highest = -1
    for section in pieces.sections:
        place = section.heading.place
        title = quoted(section.heading.text)
        rank = SECTIONS.index(section.name)
        if section.name in seen:
            message = f"{title} stands there twice; the first counts"
            faults.add("duplicate_section", place, message, "remove one")
        elif rank < highest:
            message = f"{title} stands below {quoted(t.HEADINGS[SECTIONS[highest]])}"
            fix = "keep the template's order"
            faults.add("section_out_of_order", place, message, fix)
        seen.add(section.name)
        highest = max(highest, rank)
    if any(seen == set(names) for names in PARTS.values()):
        return
    for name in SECTIONS:
        if name not in seen:
            _missing(faults, name, t.HEADINGS[name])


def _header(pieces: Pieces, faults: Faults) -> Header:
    if pieces.title is None and not pieces.header:
        _missing(faults, "header", t.TITLE)
        return Header(system="", platform="", time="")
    if pieces.title is None:
        message = f"the title {quoted(t.TITLE)} is missing"
        faults.add("missing_field", "header.title", message, "add it as the first line")
    before = len(faults)
    inside: list[Numbered] = []
    rules = 0
    for index, line in enumerate(pieces.header):
        if not is_rule(line.text, "═"):
            inside.append(line)
            continue
        rules += 1
        expect_rule(line, t.HEAVY_RULE, faults)
        if index not in (0, len(pieces.header) - 1):
            message = "a rule stands between the header's lines"
            faults.add("box_geometry", line.place, message, "keep one above and one below")
    if rules != 2:
        place = (pieces.title or pieces.header[0]).place
        message = f"{rules or 'no'} heavy rules frame the header"
        faults.add("box_geometry", place, message, "put one above and one below")
    rows = rows_of(inside, t.HEADER, faults, margin=0)
    header = Header.model_validate(fields_of("header", t.HEADER, rows, faults))
    if len(faults) == before:
        check_shape(rows, header_rows(header), faults)
    return header


def _footer(pieces: Pieces, faults: Faults) -> str:
    if not pieces.footer:
        _missing(faults, "footer", t.FOOTER_LABEL)
        return ""
    entry = t.Entry(t.FOOTER_LABEL, "footer")
    rows = rows_of(pieces.footer, (entry,), faults, margin=0)
    return rows[0].value


def _section(section: Section, width: int, faults: Faults) -> object:
    if section.name in _TABLED:
        form, model = t.TABLES[section.name], _TABLED[section.name]
        records, rest = table_of(section.body, form, faults, section.heading)
        _note_rest(rest, faults)
        return tuple(model.model_validate(record) for record in records)
    before = len(faults)
    items = t.BOXES[section.name]
    inside, rest = content_of(section.body, width, faults, section.heading)
    rows = rows_of(inside, items, faults)
    fields = fields_of(section.name, items, rows, faults)
    if section.name == "strategy":
        rest = _strategy_table(rest, section.heading, fields, faults)
    value = _BOXED[section.name].model_validate(fields)
    if len(faults) == before:
        check_shape(rows, box_rows(section.name, value, width), faults)
    _note_rest(rest, faults)
    return value


def _strategy_table(
    rest: list[Numbered], heading: Numbered, fields: dict[str, object], faults: Faults
) -> list[Numbered]:
    """Put the table below the strategy's box into ``fields``; what follows it."""
    start = next((i for i, line in enumerate(rest) if line.text), len(rest))
    if start == len(rest) or not rest[start].text.startswith("|"):
        return rest
    records, rest = table_of(rest[start:], t.TABLES["strategy"], faults, heading)
    fields["table"] = tuple(records)
    return rest


def _note_rest(rest: Sequence[Numbered], faults: Faults) -> None:
    """Lines below a section's box or table: one finding for each unknown section or run."""
    run = False
    for index, line in enumerate(rest):
        below = rest[index + 1].text if index + 1 < len(rest) else ""
        if not line.text:
            continue
        if is_rule(below, "─"):
            message = f"{quoted(line.text)} is no section of the template"
            faults.add("unknown_section", line.place, message, "remove it")
            run = True
        elif not run:
            message = f"{quoted(line.text)} belongs to nothing above it"
            faults.add("unexpected_line", line.place, message, "remove it")
            run = True


def _check_letters(pieces: Pieces, blueprint: Blueprint, faults: Faults) -> None:
    """Hold a text without faults against what the renderer makes of its values."""
    printed = render(blueprint, pieces.width or t.MAX_WIDTH).split("\n")
    if pieces.width and pieces.title is not None:
        lines = [pieces.title, *pieces.header, *pieces.lines, *pieces.footer]
    else:
        # A document without a box does not say how wide it is; its header is read already.
        lines = pieces.lines
        heading = lines[0].text if lines else t.TITLE
        printed = printed[printed.index(heading) :]
    found = [line for line in lines if line.text]
    for line, wanted in zip(found, filter(None, printed), strict=False):
        if line.text != wanted:
            faults.add(
                "not_canonical",
                line.place,
                f"{quoted(line.text)} would be printed as {quoted(wanted)}",
                "print the document again",
                "warning",
            )
            return


def _missing(faults: Faults, name: str, text: str) -> None:
    faults.add("missing_section", name, f"{quoted(text)} is missing", f"add {quoted(text)}")
