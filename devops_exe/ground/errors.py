"""The tree of errors: whose fault it was, and what to do.

::

    DevopsExeError            anything that ends in one line and an exit status
     ├─ UserError             the user's input is wrong; the fix says what is right     exit 2
     │   └─ CalculatorError   a calculator refused its input, with a stable code        exit 2
     ├─ EngineError           the engine or its service failed                          exit 3
     │   └─ BudgetExhausted   a limit of the turn was reached; what exists is kept      exit 3
     ├─ NobodyToAsk           a question had nobody to answer it; nothing was done      exit 4
     └─ Interrupted           the user stopped it                                       exit 130

A caller writes::

    try:
        ...
    except DevopsExeError as error:
        print(error.line(), file=sys.stderr)
        return error.status
"""

from __future__ import annotations

from enum import IntEnum

# typing costs a fifth of what --version may take, and is wanted by the type checker alone
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar, TypedDict

    class ErrorObject(TypedDict):
        """The ``error`` object of ``--json`` and ``calc``."""

        code: str
        message: str
        where: str
        fix: str


class ExitStatus(IntEnum):
    """Exit status of the executable (sysexits are not used; 130 and 143 follow the shells)."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    ENGINE = 3
    NOBODY = 4
    INTERRUPTED = 130
    TERMINATED = 143


class DevopsExeError(Exception):
    """An error with a place and a remedy.

    Attributes:
        code: stable identifier, snake case.
        message: what was wrong, without a full stop.
        where: the field, option, file or word it was found in.
        fix: what would be right, or what to do next.
    """

    status: ClassVar[ExitStatus] = ExitStatus.USAGE
    default_code: ClassVar[str] = "error"

    def __init__(self, message: str, *, where: str, fix: str, code: str | None = None) -> None:
        super().__init__(message)
        self.message = _one_line(message)
        self.where = _one_line(where)
        self.fix = _one_line(fix)
        self.code = code or self.default_code

    def line(self) -> str:
        """The one line for standard error: ``devops-exe: WHERE: WHAT; FIX``."""
        return f"devops-exe: {self.where}: {self.message}; {self.fix}"

    def repl_line(self) -> str:
        """The one line for the chat: ``✗ WHAT. WHERE. → FIX``."""
        return f"✗ {_sentence(self.message)} {_sentence(self.where)} → {self.fix}"

    def as_object(self) -> ErrorObject:
        """The error as the ``error`` object of ``--json``."""
        return {
            "code": self.code,
            "message": self.message,
            "where": self.where,
            "fix": self.fix,
        }


class UserError(DevopsExeError):
    """The input is wrong; the user can mend it."""

    default_code = "bad_input"


class CalculatorError(UserError):
    """A calculator refuses its input; ``code`` is one of the documented ones."""

    default_code = "invalid_input"


class EngineError(DevopsExeError):
    """The engine, or the service behind it, failed."""

    status = ExitStatus.ENGINE
    default_code = "engine_failed"


class BudgetExhausted(EngineError):
    """A limit of the turn (rounds, tokens, seconds) ended it."""

    default_code = "budget_exhausted"


class NobodyToAsk(DevopsExeError):
    """A question needs a person and there is none; nothing was done."""

    status = ExitStatus.NOBODY
    default_code = "nobody_to_ask"


class Interrupted(DevopsExeError):
    """The user stopped the turn."""

    status = ExitStatus.INTERRUPTED
    default_code = "interrupted"


def _one_line(text: str) -> str:
    """One line, cleaned of control characters: an error may quote hostile input."""
    from devops_exe.ground.text import sanitise

    return " ".join(sanitise(text).split())


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
