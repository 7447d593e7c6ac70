"""Words that appear as they come, set as Markdown says, each cell written once.

Nothing that was shown is drawn again: a word is set when it is whole, a table when it has
ended. So the cost of an answer grows with its length alone, nothing flickers, and what is in
the scrollback is what the whole answer would have given at once.
"""

from __future__ import annotations

import re

from devops_exe.ground.text import cells, pad, sanitise

MOST_ROWS = 200
"""Rows of a table that are shown."""

_TOKENS = re.compile(r"\n|[^\S\n]+|\S+")
_BULLET = re.compile(r"[-*+•]|\d{1,3}[.)]|>")
_MARKS = re.compile(r"(\*\*|`)")
_DIVIDER = re.compile(r"\s*:?-{2,}:?\s*")
_CODES = {"bold": "1", "code": "36", "fence": "2"}
_PLAIN = "\x1b[0m"


class Flow:
    """Sets text piece by piece; every piece ends at the end of a word.

    Args:
        width: cells of a line.
        styled: headings, emphasis and code by the terminal's own styles, their marks left
            out; otherwise every character stays.
    """

    def __init__(self, width: int, *, styled: bool = False) -> None:
        self._width = width
        self._styled = styled
        self._start = True
        self._lead = ""
        self._gap = ""
        self._hang = ""
        self._column = 0
        self._fence = False
        self._on: set[str] = set()
        self._row: str | None = None
        self._rows: list[str] = []

    @property
    def open(self) -> bool:
        """Whether a line is begun."""
        return self._column > 0 or bool(self._rows) or self._row is not None

    def feed(self, text: str) -> str:
        """What to write for a piece of text; may hold line breaks and styles of our own."""
        return "".join(self._token(piece) for piece in _TOKENS.findall(sanitise(text)))

    def finish(self) -> str:
        """What is left: a table that has not ended, styles that are on. No line break."""
        if self._row is not None:
            self._rows.append(self._row)
            self._row = None
        rest = self._table().removesuffix("\n")
        if rest:
            self._column = 1
        return rest + self._off()

    def break_line(self) -> None:
        """The caller has ended the line."""
        self._new_line()

    # ── tokens ───────────────────────────────────────────────────────────────────────────

    def _token(self, piece: str) -> str:
        if self._row is not None:
            return self._in_row(piece)
        if piece == "\n":
            return self._end_of_line()
        if piece.isspace():
            if self._start:
                self._lead += piece.replace("\t", "    ")
            else:
                self._gap += piece
            return ""
        return self._first(piece) if self._start else self._next(piece)

    def _in_row(self, piece: str) -> str:
        assert self._row is not None
        if piece == "\n":
            self._rows.append(self._row)
            self._row = None
            self._new_line()
        else:
            self._row += piece
        return ""

    def _end_of_line(self) -> str:
        before = ""
        if self._start:  # an empty line ends what was begun
            before = self._table() + self._off()
        elif self._on & {"heading", "fence"}:
            before = self._off()
        self._new_line()
        return f"{before}\n"

    def _new_line(self) -> None:
        self._start, self._lead, self._gap, self._column = True, "", "", 0

    def _first(self, word: str) -> str:
        """The first word of a line says what the line is."""
        if not self._fence and word.startswith("|"):
            self._row = self._lead + word
            return ""
        before = self._table()
        self._start = False
        if word.startswith(("```", "~~~")):
            self._fence = not self._fence
            return before + self._off() + self._lead_in() + self._turn("fence") + self._put(word)
        if self._fence:
            return before + self._lead_in() + self._put(word)
        self._hang = self._lead
        if _BULLET.fullmatch(word):
            self._hang = self._lead + " " * (cells(word) + 1)
            return before + self._off() + self._lead_in() + self._put(word)
        if self._styled and re.fullmatch("#{1,6}", word):
            self._column = 0
            return before + self._off() + self._turn("heading")
        return before + self._lead_in() + self._words(word)

    def _next(self, word: str) -> str:
        if self._fence:
            gap, self._gap = self._gap, ""
            return self._put(gap + word)
        marks = len("".join(_MARKS.findall(word))) if self._styled else 0
        size = cells(word) - marks
        gap, self._gap = self._gap, ""
        if not self._column:  # behind the marks of a heading
            return self._words(word)
        if self._width and self._column + cells(gap) + size > self._width:
            narrow = cells(self._hang) + size > self._width and cells(self._hang) > 0
            hang = "" if narrow else self._hang
            self._column = cells(hang)
            return f"\n{hang}{self._words(word)}"
        self._column += cells(gap)
        return gap + self._words(word)

    def _lead_in(self) -> str:
        self._column += cells(self._lead)
        lead, self._lead = self._lead, ""
        return lead

    def _put(self, text: str) -> str:
        self._column += cells(text)
        return text

    # ── styles ───────────────────────────────────────────────────────────────────────────

    def _words(self, word: str) -> str:
        """A word with its emphasis; marks that open or close nothing stay."""
        if not self._styled or not ("**" in word or "`" in word or "code" in self._on):
            return self._put(word)
        parts = _MARKS.split(word)
        shown: list[str] = []
        for number, part in enumerate(parts):
            if part == "`" or (part == "**" and self._turns(parts, number)):
                shown.append(self._toggle("code" if part == "`" else "bold"))
            else:
                shown.append(self._put(part))
        return "".join(shown)

    def _turns(self, parts: list[str], number: int) -> bool:
        """Whether two stars open or close: at a word's edge, and not within code."""
        if "code" in self._on:
            return False
        if "bold" in self._on:
            return True
        before = "".join(parts[:number])
        return not re.search(r"\w", before) and bool("".join(parts[number + 1 :]))

    def _turn(self, style: str) -> str:
        if not self._styled:
            return ""
        self._on.add(style)
        return f"\x1b[{_CODES.get(style, _CODES['bold'])}m"

    def _toggle(self, style: str) -> str:
        if style not in self._on:
            return self._turn(style)
        self._on.discard(style)
        rest = "".join(f"\x1b[{_CODES.get(one, _CODES['bold'])}m" for one in sorted(self._on))
        return _PLAIN + rest

    def _off(self) -> str:
        if not self._on:
            return ""
        self._on.clear()
        return _PLAIN

    # ── tables ───────────────────────────────────────────────────────────────────────────

    def _table(self) -> str:
        """The table that has ended; aligned where it fits, else as it came."""
        rows, self._rows = self._rows, []
        if not rows:
            return ""
        data = [number for number, row in enumerate(rows) if not _is_divider(row)]
        shown, more = rows, len(data) - 1 - MOST_ROWS
        if more > 0:
            shown = rows[: data[MOST_ROWS] + 1]
        lines = _aligned(shown, self._width)
        if more > 0:
            lines.append(f"… {more} more row{'' if more == 1 else 's'}")
        return "\n".join(lines) + "\n"


def _split(row: str) -> list[str]:
    inner = row.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", inner)]


def _is_divider(row: str) -> bool:
    return all(_DIVIDER.fullmatch(cell) for cell in _split(row))


def _aligned(rows: list[str], width: int) -> list[str]:
    table = [_split(row) for row in rows]
    columns = max(map(len, table))
    sizes = [
        max((cells(row[i]) for row, raw in zip(table, rows, strict=True)
             if i < len(row) and not _is_divider(raw)), default=3)
        for i in range(columns)
    ]  # fmt: skip
    sizes = [max(3, size) for size in sizes]
    if width and sum(sizes) + 3 * columns + 1 > width:
        return [row.rstrip() for row in rows]
    lines = []
    for row, raw in zip(table, rows, strict=True):
        cellsof = [*row, *[""] * (columns - len(row))]
        if _is_divider(raw):
            told = ["-" * size for size in sizes]
        else:
            told = [pad(cell, size) for cell, size in zip(cellsof, sizes, strict=True)]
        lines.append(f"| {' | '.join(told)} |")
    return lines
