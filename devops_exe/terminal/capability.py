"""What the terminal can do, decided once and handed to everything that paints.

Colour: ``--color`` > ``NO_COLOR`` > ``FORCE_COLOR``/``CLICOLOR_FORCE`` > ``TERM=dumb`` > is it
a terminal (no-color.org, bixense.com/clicolors). Width of the document: ``--width`` > the
terminal's or ``COLUMNS``, held between 39 and 100 > 80.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TextIO

from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.ground.settings import Settings

NARROWEST, WIDEST, USUAL = 39, 100, 80

_GROWTH = 4
"""Cells that a line may grow by when its marks become ASCII (``✗`` is ``FAIL``)."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """What standard input, output and error can do.

    Attributes:
        interactive: a person sits there: input and error are terminals.
        output: standard output is a terminal.
        live: standard error may be painted over (spinner): a terminal that is not dumb.
        colour_out, colour_err: whether the stream may carry colours.
        ascii: only ASCII reaches the screen.
        plain: headings and ``key: value``; no boxes, no live area.
        dumb: no cursor movement (``TERM=dumb``): plain ``input()``, no menu.
        columns: of the terminal as it is.
        width: of the document, 39 to 100.
    """

    interactive: bool = False
    output: bool = False
    live: bool = False
    colour_out: bool = False
    colour_err: bool = False
    ascii: bool = False
    plain: bool = False
    dumb: bool = False
    columns: int = USUAL
    width: int = USUAL

    @property
    def read_by_a_person(self) -> bool:
        """Whether standard error is read on a screen, and lines are to be broken for it."""
        return self.live or self.interactive

    @property
    def line(self) -> int:
        """Cells of a line that is no document; in ASCII less what its marks may grow by."""
        return max(20, min(WIDEST, self.columns) - (_GROWTH if self.ascii else 0))

    def measured(
        self, settings: Settings, stream: TextIO, environment: Mapping[str, str] | None = None
    ) -> Terminal:
        """The same terminal with its window as it is now."""
        columns = _columns(stream, os.environ if environment is None else environment)
        if columns == self.columns:
            return self
        return replace(self, columns=columns, width=_width(settings, columns))

    @classmethod
    def detect(
        cls,
        settings: Settings,
        stdin: TextIO,
        stdout: TextIO,
        stderr: TextIO,
        environment: Mapping[str, str] | None = None,
    ) -> Terminal:
        """The terminal that these streams are.

        Raises:
            UserError: ``--width`` is out of range, or ``--color`` is none of its values.
        """
        environment = os.environ if environment is None else environment
        out, err = _is_terminal(stdout), _is_terminal(stderr)
        dumb = environment.get("TERM", "") in {"dumb", "unknown"}
        columns = _columns(stdout if out else stderr, environment)
        plain = settings.flag("plain")
        return cls(
            interactive=_is_terminal(stdin) and err,
            output=out,
            live=err and not dumb and not plain,
            colour_out=_colour(settings, out, dumb, environment),
            colour_err=_colour(settings, err, dumb, environment),
            ascii=settings.flag("ascii") or not (_utf8(stdout) and _utf8(stderr)),
            plain=plain,
            dumb=dumb,
            columns=columns,
            width=_width(settings, columns),
        )


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (ValueError, AttributeError):  # closed, or no stream at all
        return False


def _utf8(stream: TextIO) -> bool:
    name = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "").replace("_", "")
    return name.startswith("utf")


def _colour(settings: Settings, terminal: bool, dumb: bool, environment: Mapping[str, str]) -> bool:
    asked = "auto"
    if settings.text("color") is not None:
        asked = settings.choice("color", ("auto", "always", "never"))
    if asked != "auto":
        return asked == "always"
    if environment.get("NO_COLOR"):
        return False
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE"):
        if environment.get(name, "0") not in {"", "0"}:
            return True
    return terminal and not dumb


def _columns(stream: TextIO, environment: Mapping[str, str]) -> int:
    stated = environment.get("COLUMNS", "")
    if stated.isascii() and stated.isdigit() and int(stated[:6]) > 0:
        return int(stated[:6])
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL
    except (OSError, ValueError, AttributeError):
        return USUAL


def _width(settings: Settings, columns: int) -> int:
    asked = settings.count("width")
    if asked is None:
        return max(NARROWEST, min(WIDEST, columns))
    if not NARROWEST <= asked <= WIDEST:
        raise UserError(
            f"a width of {asked} columns is out of range",
            where=settings.values["width"].where,
            fix=f"give {NARROWEST} to {WIDEST}",
        )
    return asked
