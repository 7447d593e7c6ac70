"""From a dossier to a rollback that can be carried out, or a refusal that says what is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from devops_exe.blueprint.draft import Context, commands
from devops_exe.design import tables
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import sanitise
from devops_exe.operate.rollback.commandline import BY_HAND, invocations_of
from devops_exe.operate.rollback.model import Invocation, RollbackPlan, Step
from devops_exe.operate.rollback.pointing import pointing
from devops_exe.operate.rollback.ratio import ratio_step
from devops_exe.operate.rollback.rows import Names, checks_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.blueprint.draft import Command
    from devops_exe.operate.rollback.pointing import Pointing

WHERE = "execute rollback"

_STATED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,300}\Z")
_ALWAYS = ("ENVIRONMENT", "NAMESPACE")
_READ_ONLY = "nothing: it only reads"


@dataclass(frozen=True, slots=True)
class _Build:
    """What the steps are made of."""

    context: Context
    row: Mapping[str, Any]
    names: Names
    steps: list[Step] = field(default_factory=list)

    def add(self, command: Command, row: Mapping[str, Any] | None) -> None:
        """The steps of one printed command."""
        if command.command.startswith(BY_HAND) or row is None:
            self.steps.append(self._by_hand(command))
            return
        invocations = invocations_of(command.command)
        parts = row.get("part", ())
        for index, invocation in enumerate(invocations):
            part = parts[index] if index < len(parts) else {}
            last = index == len(invocations) - 1
            self._one(command, row, part, invocation, last=last)

    def _by_hand(self, command: Command) -> Step:
        what = command.command.removeprefix(BY_HAND)
        return Step(
            len(self.steps) + 1, command.step, "by hand", None, "what you do by hand", (),
            command.check, command.undo, hand=what,
        )  # fmt: skip

    def _one(
        self,
        command: Command,
        row: Mapping[str, Any],
        part: Mapping[str, Any],
        invocation: Invocation,
        *,
        last: bool,
    ) -> None:
        argv = tuple(self.names.capitals(word) for word in invocation.argv)
        argv += tuple(self.names.text(word) for word in part.get("add", ()))
        run = self.names.pointed(
            replace(invocation, argv=argv, given=self.names.capitals(invocation.given),
                    seconds=float(part.get("seconds", 60)))
        )  # fmt: skip
        changes = self.names.text(str(row["changes"]))
        reads = changes == _READ_ONLY
        title = command.step if last else f"{command.step}: {' '.join(run.argv[:4])}"
        back = self.names.text(str(row.get("back", ""))) if row.get("back") else ""
        self.steps.append(
            Step(
                number=len(self.steps) + 1,
                title=title,
                kind="reads" if reads else "acts",
                invocation=run,
                changes=changes,
                checks=checks_of(part, self.names),
                seen=self.names.capitals(command.check),
                back=back or self.names.capitals(command.undo),
                repeatable=bool(row.get("repeatable", True)),
            )
        )


def plan_of(
    dossier: Dossier,
    stated: Mapping[str, str] | None = None,
    point: Callable[..., Pointing] = pointing,
    folder: str = "",
    prometheus: str = "",
) -> RollbackPlan:
    """The rollback of a dossier, every word of its commands known.

    Args:
        dossier: whose rollback.
        stated: ``NAME=VALUE`` words: the words in capitals of its commands, and ENVIRONMENT.
        point: what reads where the clients point.
        folder: the working folder.
        prometheus: address of a server that is asked for the error ratio at the end.

    Raises:
        UserError: it cannot be carried out as it is; the fix says what would be right.
    """
    stated = dict(stated or {})
    context = _checked(dossier)
    row = tables.table("executions")[context.orchestrator]
    lines = commands(context)
    _unchanged(dossier, lines)
    needs = _needed(lines, context, row)
    _all_stated(needs, _found(context, row), stated)
    programs = _programs(lines)
    pointed = point(programs, namespace=stated.get("NAMESPACE", ""), folder=folder)
    names = Names(
        values={
            "name": context.name,
            "version": context.shell_version(),
            "bad": context.command("{bad}"),
        },
        stated={name: stated.get(name, f"{{{name}}}") for name in needs},
        behind=_behind(dict(pointed)),
    )
    build = _Build(context, row, names)
    for command, found in zip(lines, _rows(context, row, lines), strict=True):
        build.add(command, found)
    if prometheus:
        build.steps.append(ratio_step(context, prometheus, len(build.steps) + 1))
    return RollbackPlan(
        system=context.system,
        environment=stated.get("ENVIRONMENT", "production"),
        platform=dossier.blueprint.header.platform,
        strategy=context.strategy,
        version=context.version,
        bad=context.profile.text("bad_version") or "",
        pointing=pointed,
        steps=tuple(build.steps),
        open=_open(dossier, context, seen=bool(prometheus)),
    )


def _checked(dossier: Dossier) -> Context:
    """The context of a dossier whose rollback may be carried out at all.

    Raises:
        UserError: there is no plan, no version, no platform, or the schema forbids it.
    """
    if dossier.plan is None or not dossier.commands:
        raise _no("this document has no rollback plan", "no_rollback",
                  "make one: /rollback v1.4.2 from v1.5.0")  # fmt: skip
    context = Context(dossier.plan, dossier.kind)
    if context.profile.value("schema_change") == "incompatible":
        fact = context.profile.facts["schema_change"]
        raise _no(
            f"{context.version} does not read the present schema ({fact.where}): a plain rollback "
            "would break it",
            "schema_incompatible",
            f"expand and contract: add back what {context.version} reads, filled from the present "
            "data or the last backup, deploy code that reads both, then roll back; or fix forward",
        )
    if context.profile.text("version") is None:
        raise _no("no version to return to is named", "version_missing",
                  "state it: /rollback v1.4.2 (from v1.5.0), then /execute rollback")  # fmt: skip
    if context.shell_version() != context.profile.text("version"):
        raise _no(f"{context.version!r} is no name of a version", "version_unusable",
                  "state it as its image is tagged: /rollback v1.4.2")  # fmt: skip
    platform = context.profile.get("orchestrator")
    if platform is None or platform.origin in {"assumption", "model"}:
        raise _no("nobody said which platform it runs on", "platform_assumed",
                  "name the platform: /rollback v1.4.2 checkout-api on EKS")  # fmt: skip
    if context.orchestrator not in tables.table("executions"):
        raise _no(f"the platform {context.words['title']} has no commands here", "platform_generic",
                  "name the platform (EKS, ECS, Cloud Run, Nomad, a VM …), or carry the plan out "
                  "by hand")  # fmt: skip
    if "system" not in context.profile:
        raise _no("the system has no name", "system_missing",
                  "name it: /rollback v1.4.2 checkout-api on EKS")  # fmt: skip
    return context


def _no(message: str, code: str, fix: str) -> UserError:
    return UserError(message, where=WHERE, fix=fix, code=code)


def _unchanged(dossier: Dossier, lines: Sequence[Command]) -> None:
    """A document's commands run only where they are those of its own facts."""
    if tuple(one.command for one in dossier.commands) == tuple(one.command for one in lines):
        return
    strange = next((one.command for one in dossier.commands if one not in lines), "one is missing")
    raise _no(
        f"its commands are not those of its facts ({sanitise(strange)[:100]!r})",
        "commands_changed",
        "make the document again: /rollback VERSION; this program runs no other command",
    )


def _rows(
    context: Context, row: Mapping[str, Any], lines: Sequence[Command]
) -> list[Mapping[str, Any] | None]:
    """The row of each printed command, in their order: prove, image, freeze, act, verify."""
    executions = tables.table("executions")
    strategy = context.strategy
    named = context.profile.items("ci")
    ci = named[0] if named else context.profile.text("ci") or ""
    prove = row.get("prove_by", {}).get(strategy) or row["prove"]
    acts = row["act"]
    act = acts.get(strategy) or next(iter(acts.values()))
    image = [executions["image"]] if len(lines) == 5 else []
    return [prove, *image, executions["ci"].get(ci), act, row["verify"]]


def _needed(lines: Sequence[Command], context: Context, row: Mapping[str, Any]) -> dict[str, str]:
    """Words in capitals of the commands and checks that somebody has to fill: name to meaning."""
    asks = {**tables.table("executions")["image"]["asks"], **row.get("asks", {})}
    texts = [one.command for one in lines]
    texts += [text for found in _rows(context, row, lines) if found for text in _runs(found)]
    return {
        name: meaning.replace("{version}", context.version)
        for name, meaning in asks.items()
        if any(re.search(rf"(?<![\w.]){name}(?![\w.])", text) for text in texts)
    }


def _runs(row: Mapping[str, Any]) -> list[str]:
    checks = [check for part in row.get("part", ()) for check in part.get("check", ())]
    return [str(check["run"]) for check in checks if "run" in check]


def _found(context: Context, row: Mapping[str, Any]) -> frozenset[str]:
    """Words in capitals that the first step finds."""
    prove = row.get("prove_by", {}).get(context.strategy) or row["prove"]
    checks = [check for part in prove["part"] for check in part.get("check", ())]
    return frozenset(name for check in checks for name in check.get("keep", {}))


def _all_stated(needs: Mapping[str, str], found: frozenset[str], stated: Mapping[str, str]) -> None:
    for name, value in stated.items():
        if name not in needs and name not in _ALWAYS:
            known = ", ".join((*needs, *_ALWAYS))
            raise _no(f"{name[:40]} is no word of this plan", "unknown_word",
                      f"its words are {known}")  # fmt: skip
        if not _STATED.match(value):
            raise _no(f"{name}={value[:60]!r} is no value for a command", "bad_word",
                      "letters, digits and ._:/@+- only, and no dash first")  # fmt: skip
    missing = [name for name in needs if name not in stated and name not in found]
    if missing:
        raise _no(
            f"{', '.join(missing)} not stated: " +
            "; ".join(f"{name} is {needs[name]}" for name in missing),
            "words_missing",
            "state it behind: execute rollback … " + " ".join(f"{name}=…" for name in missing),
        )  # fmt: skip


def _programs(lines: Sequence[Command]) -> tuple[str, ...]:
    return tuple(
        one.argv[0]
        for line in lines
        if not line.command.startswith(BY_HAND)
        for one in invocations_of(line.command)
    )


def _behind(pointed: Mapping[str, str]) -> tuple[str, ...]:
    """The context that kubectl would take by itself, said: nobody can change it in between."""
    names = (("--context", "kubernetes context"), ("--namespace", "kubernetes namespace"))
    return tuple(f"{flag}={pointed[name]}" for flag, name in names if pointed.get(name))


def _open(dossier: Dossier, context: Context, *, seen: bool) -> tuple[str, ...]:
    """What no command of the plan sees; ``seen`` is whether the error ratio is."""
    trigger = dossier.blueprint.rollback.trigger if dossier.blueprint.rollback else "its alert"
    ratio = f"the error ratio: the alert of the plan has to resolve ({trigger}); --prometheus URL"
    return (
        *(() if seen else (f"{ratio} has it asked",)),
        f"configuration, secrets and flags of {context.version} ({context.words['config']})",
    )


def stated_words(words: Sequence[str]) -> dict[str, str]:
    """``NAME=VALUE`` words.

    >>> stated_words(["CLUSTER=prod", "revision=41"])
    {'CLUSTER': 'prod', 'REVISION': '41'}

    Raises:
        UserError: a word has another form, or says a name twice.
    """
    found: dict[str, str] = {}
    for word in words:
        name, given, value = word.partition("=")
        key = name.upper().replace("-", "_")
        if not given or not value or not re.fullmatch(r"[A-Z][A-Z_]{1,30}", key):
            raise _no(f"{word[:60]!r} is no NAME=VALUE", "bad_word", "write CLUSTER=prod")
        if key in found:
            raise _no(f"{key} is stated twice", "bad_word", "state it once")
        found[key] = value
    return found
