"""The one registry of slash commands: menu, help, shell completion and dispatch read it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from devops_exe.ground.errors import ExitStatus, UserError
from devops_exe.ground.near import within_two

if TYPE_CHECKING:
    from devops_exe.terminal.app import App

Group = Literal["Build", "Explain", "Operate", "Session", "System", "Keys"]

GROUPS: tuple[Group, ...] = ("Build", "Explain", "Operate", "Session", "System", "Keys")

Words = Literal["", "figures", "fields", "calculators", "sessions", "engines", "formats", "topics",
                "strategies", "folders", "pictures", "modes"]  # fmt: skip
"""What completes a command's arguments."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer of a session command.

    Attributes:
        text: for standard output.
        data: for ``--json``; the text alone where None.
        status: exit status.
        notes: lines for standard error.
        kept: whether question and answer are stored with the conversation.
        leave: whether the session ends.
        again: a line whose turn failed, to be answered again.
    """

    text: str = ""
    data: object = None
    status: ExitStatus = ExitStatus.OK
    notes: tuple[str, ...] = ()
    kept: bool = False
    leave: bool = False
    again: str = ""


Handler = Callable[["App", str], Reply]


@dataclass(frozen=True, slots=True)
class Command:
    """One slash command.

    Attributes:
        name: without the slash.
        usage: its arguments.
        summary: at most 48 cells.
        group: where help lists it.
        handler: ``module:function`` below ``devops_exe.terminal.replies``; empty for the
            commands that the engines answer.
        aliases: other names.
        completes: what its arguments are.
        examples: two lines that work.
        words: what its arguments may be, each with its meaning; shown by ``/help NAME``.
        built: whether it answers yet; one that does not is hidden from help.
        short: a short form of another command.
        row: commands of one group with the same words here share a row of the help, which
            these words describe.
    """

    name: str
    usage: str
    summary: str
    group: Group
    handler: str = ""
    aliases: tuple[str, ...] = ()
    completes: Words = ""
    examples: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    built: bool = True
    short: bool = False
    row: str = ""

    @property
    def hidden(self) -> bool:
        """Whether help and menu leave it out."""
        return not self.built

    @property
    def title(self) -> str:
        """Name and arguments: ``/why FIGURE``."""
        return f"/{self.name} {self.usage}".rstrip()

    def run(self, app: App, arguments: str) -> Reply:
        """Answer.

        Raises:
            UserError: it is not built yet, or the arguments are wrong.
        """
        if not self.built:
            raise UserError(
                "not built yet",
                where=f"/{self.name}",
                fix="see /help for what is",
                code="not_built",
            )
        module, _, function = self.handler.partition(":")
        found = importlib.import_module(f"devops_exe.terminal.replies.{module}")
        return cast("Handler", getattr(found, function))(app, arguments)


COMMANDS: tuple[Command, ...] = (
    Command(
        "devops", "[system…]", "the whole blueprint", "Build",
        examples=(
            "/devops checkout-api on EKS, 1200 rps, p99 250 ms, 99.95 %",
            "/devops deploy canary checkout-api on GKE, 300 rps",
        ),
    ),
    Command(
        "pipeline", "[app…]", "environments and CI/CD pipeline", "Build", short=True,
        row="parts of it",
        examples=("/pipeline checkout-api on GitHub Actions",),
    ),
    Command(
        "deploy", "[strategy…]", "deployment strategy and rollback plan", "Build",
        completes="strategies", short=True, row="parts of it",
        examples=("/deploy canary checkout-api on EKS, 1200 rps",),
    ),
    Command(
        "rollback", "[version…]", "rollback plan and its commands", "Build", short=True,
        row="parts of it",
        examples=("/rollback v1.4.2 from v1.5.0",),
    ),
    Command(
        "scale", "[requirements…]", "infrastructure and scaling policy", "Build", short=True,
        row="parts of it",
        examples=("/scale 3,000 rps, 3 zones",),
    ),
    Command(
        "implement", "[DIR]", "write and prove the files", "Build", "implementing:implement",
        completes="folders", examples=("/implement ./out", "/implement"),
    ),
    Command(
        "why", "FIGURE", "where a figure comes from", "Explain", "explaining:why",
        completes="figures", examples=("/why RTO", "/why L3"),
    ),
    Command(
        "show", "PICTURE", "rollout, budget, replicas or pipeline, drawn", "Explain",
        "explaining:show", completes="pictures", examples=("/show rollout", "/show replicas"),
    ),
    Command(
        "what-if", "FIELD=VALUE…", "what moves when a fact changes", "Explain",
        "explaining:what_if", ("whatif",), "fields",
        ("/what-if peak_rps=3000", "/what-if slo_percent=99.99 zones=2"),
    ),
    Command(
        "calc", "NAME FIELD=VALUE…", "call a calculator", "Explain", "calculating:calc",
        completes="calculators",
        examples=("/calc slo op=budget slo_percent=99.95 window_days=30", "/calc cost"),
    ),
    Command(
        "ledger", "[ENTRY]", "every calculator call of the document", "Explain",
        "explaining:ledger", completes="figures", examples=("/ledger", "/ledger L3"),
    ),
    Command(
        "assess", "[DIR]", "what a repository says, with file and line", "Explain",
        "assessing:assess", completes="folders", examples=("/assess", "/assess ./shop"),
    ),
    Command(
        "validate", "", "findings of the document", "Explain", "explaining:validate",
        examples=("/validate",), row="findings; what moved; calls of the last turn",
    ),
    Command(
        "diff", "[FROM [TO]]", "what moved between two documents, and why", "Explain",
        "differing:diff", examples=("/diff", "/diff 1 3"),
        row="findings; what moved; calls of the last turn",
    ),
    Command("optimize", "", "cheaper or safer by one change", "Explain", built=False),
    Command(
        "trace", "", "requests and tool results of the last turn", "Explain", "tracing:trace",
        examples=("/trace",), row="findings; what moved; calls of the last turn",
    ),
    Command(
        "drill", "[NAME=VALUE…]", "run the plan on this machine", "Operate", "drilling:drill",
        examples=("/drill", "/drill fault=latency runs=3"),
        words=(
            ("fault=", "errors, latency, crash, hang, slow-start or none (errors)"),
            ("errors=", "share of its requests that the new version fails: 10% (the plan's)"),
            ("latency_ms=", "of the new version under fault=latency (twice the bound)"),
            ("runs=", "of each kind, failing and healthy (1)"),
            ("seconds=", "of watching in a rollout, together (the plan's, divided)"),
            ("factor=", "what every window is divided by (chosen so that windows hold)"),
            ("rps=", "requests a second (200)"),
            ("seed=", "of the arrivals (1)"),
            ("command=", "your own server instead of ours; PORT and VERSION are set"),
            ("health_path=", "of that command (/healthz)"),
            ("findings=ignore", "drill a plan that has error-level findings"),
        ),
    ),
    Command(
        "execute", "rollback [NAME=VALUE…]", "carry the rollback out, step by step", "Operate",
        "executing:execute", examples=("/execute rollback", "/execute rollback CLUSTER=prod"),
        words=(
            ("NAME=VALUE", "a word in capitals of the plan: CLUSTER=prod NAMESPACE=shop"),
            ("resume", "go on where it stopped; its journal knows"),
            ("anew", "begin again, and forget the journal"),
        ),
    ),
    Command(
        "measured", "[FIELD=VALUE… from SOURCE]", "values of your own platform", "Operate",
        "measuring:measured", completes="fields",
        examples=("/measured", "/measured startup_seconds=42 from kubectl get events, production"),
    ),
    Command("watch", "", "follow a rollout", "Operate", built=False),
    Command(
        "incident", "[TEXT|@FILE|URL|review]", "severity, likely change, what to say",
        "Operate", "incident:incident",
        examples=("/incident 14:02 UTC deployed v1.5.0, 14:05 5xx at 12 %", "/incident review"),
    ),
    Command(
        "sessions", "[all|delete ID]", "sessions of this folder; delete one", "Session",
        "sessions:sessions", completes="sessions",
        examples=("/sessions all", "/sessions delete 3f2a"),
        row="list, go on, copy, name, begin",
    ),
    Command(
        "resume", "[ID|NAME|all]", "go on with a session", "Session", "sessions:resume",
        completes="sessions", examples=("/resume", "/resume checkout-api"),
        row="list, go on, copy, name, begin",
    ),
    Command(
        "fork", "[NAME]", "go on in a copy of this session", "Session", "sessions:fork",
        examples=("/fork", "/fork with two regions"),
        row="list, go on, copy, name, begin",
    ),
    Command(
        "rename", "NAME", "give this session a name", "Session", "sessions:rename",
        examples=("/rename checkout before the move",),
        row="list, go on, copy, name, begin",
    ),
    Command(
        "new", "", "start an empty session", "Session", "sessions:new", ("clear",),
        examples=("/new",),
        row="list, go on, copy, name, begin",
    ),
    Command(
        "export", "FORMAT [FILE]", "text, json; the map as mermaid, svg", "Session",
        "exporting:export", completes="formats",
        examples=("/export text", "/export json checkout.json"),
    ),
    Command(
        "undo", "", "take back the files written last", "Session", "undoing:undo",
        examples=("/undo",), row="files back; answer to the clipboard; ask again",
    ),
    Command(
        "copy", "", "the last answer to the clipboard", "Session", "turns:copy",
        examples=("/copy",), row="files back; answer to the clipboard; ask again",
    ),
    Command(
        "retry", "", "ask a turn that failed again", "Session", "turns:retry",
        examples=("/retry",), row="files back; answer to the clipboard; ask again",
    ),
    Command(
        "engine", "[NAME]", "who answers: auto, claude, offline", "System", "system:engine",
        completes="engines", examples=("/engine", "/engine offline"),
        row="who answers",
    ),
    Command(
        "model", "[NAME]", "the model of the claude engine", "System", "system:model",
        examples=("/model", "/model claude-sonnet-5-5"),
        row="who answers",
    ),
    Command(
        "context", "[N|all]", "what was sent to the model", "System", "system:context",
        examples=("/context", "/context 1"), row="what is so",
    ),
    Command(
        "cost", "", "tokens of this session, money at your prices", "System", "system:cost",
        examples=("/cost",), row="what is so",
    ),
    Command(
        "config", "", "settings and where each comes from", "System", "system:config",
        examples=("/config",), row="what is so",
    ),
    Command(
        "permissions", "[MODE]", "what may be written and run", "System",
        "permitting:permissions", completes="modes", examples=("/permissions", "/permissions plan"),
        row="what is so",
    ),
    Command(
        "doctor", "", "what is installed, and what it costs", "System", "system:doctor",
        examples=("/doctor",), row="what is so",
    ),
    Command(
        "help", "[COMMAND|TOPIC]", "this; topics: " + "keys, exit-codes, environment", "System",
        "helping:help_", ("?",), "topics", ("/help why", "/help exit-codes"),
    ),
    Command("quit", "", "leave; the session is kept", "System", "system:quit_", ("exit", "q")),
)  # fmt: skip
"""Every command, in the order of the help."""

SEED: frozenset[str] = frozenset({"devops", "pipeline", "deploy", "rollback", "scale"})
"""Commands that the engines answer."""


def find(word: str) -> Command:
    """The command of a name, an alias, or the beginning of one name.

    Raises:
        UserError: no command is meant, or several.
    """
    word = word.lower()
    for command in COMMANDS:
        if word == command.name or word in command.aliases:
            return command
    begins = [one for one in COMMANDS if word and one.built and one.name.startswith(word)]
    if len(begins) == 1:
        return begins[0]
    if begins:
        raise UserError(
            f"/{word} is ambiguous",
            where="line",
            fix=f"type one of {', '.join('/' + one.name for one in begins)}",
            code="ambiguous_command",
        )
    near = nearest(word)
    raise UserError(
        f"there is no command /{word[:40]}",
        where="line",
        fix=f"did you mean /{near}? /help lists them" if near else "/help lists them",
        code="unknown_command",
    )


def nearest(word: str) -> str | None:
    """The built command that a mistyped word means."""
    names = {name: one.name for one in COMMANDS if one.built for name in (one.name, *one.aliases)}
    near = within_two(word, (name for name in names if len(name) > 2))
    return names[near] if near else None


def split(line: str) -> tuple[str, str]:
    """Command word and the rest of a line that begins with a slash."""
    word, *rest = line.strip()[1:].split(None, 1) or [""]
    if line.strip()[1:2].isspace():
        return "", line.strip()[1:].strip()
    return word, rest[0].strip() if rest else ""
