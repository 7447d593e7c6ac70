"""The rollback plan, and the commands that carry it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from devops_exe.blueprint.draft.delivery import trigger

if TYPE_CHECKING:
    from devops_exe.blueprint.draft.context import Context


@dataclass(frozen=True, slots=True)
class Command:
    """A step of a plan with its command.

    Attributes:
        step: what it does.
        command: what to type; words in capitals are the user's to fill in.
        check: how to see that it worked.
        undo: the way back.
    """

    step: str
    command: str
    check: str
    undo: str

    def as_json(self) -> dict[str, str]:
        """The command as the published interface has it."""
        return {"step": self.step, "command": self.command, "check": self.check, "undo": self.undo}


_KEEPS_VERSIONS = frozenset({"lambda", "cloud-run", "app-service"})
"""Platforms on which an old version costs nothing and stays."""

_ACTS = {
    "Blue-Green": "switch the traffic back to the old colour",
    "Canary": "set the weight of the canary to nothing; the stable version serves all",
    "Rolling": "roll back in waves to",
    "Recreate": "stop the release and start",
    "A/B Testing": "switch the cohort's flag off",
}


def rollback(c: Context) -> dict[str, object]:
    """Trigger, steps and RTO."""
    return {
        "trigger": trigger(c),
        "steps": [
            _proof(c),
            (
                f"Freeze: {c.ci['title']} deploys nothing until the incident is closed; page the "
                "service owner on call"
            ),
            *_schema(c),
            f"{_act(c)} ({_act_time(c)}){_gone(c)}",
            f"Return configuration, secrets and flags of {c.version} with it ({c.words['config']})",
            _verification(c),
        ],
        "rto": c.q("recovery", "rto_minutes", "minutes"),
    }


def _incompatible(c: Context) -> bool:
    return c.profile.value("schema_change") == "incompatible"


def _proof(c: Context) -> str:
    exists = f"Prove that {c.version} still exists: {c.prove()['exists']}"
    if _incompatible(c):
        return f"{exists}; it does not read the present schema, so no plain rollback"
    return f"{exists}, and it reads the present schema"


def _schema(c: Context) -> list[str]:
    """Expand and contract: what the old version reads has to be there again first."""
    if not _incompatible(c):
        return []
    return [
        (
            f"Expand the schema again: add back what {c.version} reads, filled from the present "
            "data or the last backup; where that takes longer than a repair, fix forward instead"
        )
    ]


def _act(c: Context) -> str:
    text = _ACTS[c.strategy]
    if c.strategy in {"Rolling", "Recreate"}:
        text = f"{text} {c.version}"
    left = f", away from {c.bad}" if c.says("bad_version") else ""
    return text[0].upper() + text[1:] + left


def _gone(c: Context) -> str:
    """What to do where the old colour is taken down some time after the switch."""
    if c.strategy != "Blue-Green" or c.orchestrator in _KEEPS_VERSIONS:
        return ""
    return f"; once that is scaled down, start {c.version} first"


def _act_time(c: Context) -> str:
    return c.q("recovery", "act_seconds", "duration")


def _verification(c: Context) -> str:
    at = f"alerts[{c.alert()}]"
    serves = (
        f"{c.version} serves all traffic"
        if c.orchestrator in _KEEPS_VERSIONS
        else f"every {c.unit()} of {c.version} healthy"
    )
    return (
        f"Verify for {c.q('recovery', 'verify_seconds', 'duration')}: error ratio below "
        f"{c.q('alerts', f'{at}.error_ratio_threshold', 'ratio')}, {serves}; the alert "
        "resolves once its windows have passed"
    )


def commands(c: Context) -> tuple[Command, ...]:
    """The rollback as commands for this platform and version."""
    prove, act = c.prove(), c.act()
    verify = cast("dict[str, str]", c.words["verify"])
    ci = {key: c.sentence(value) for key, value in c.ci.items()}
    image: list[Command] = []
    if c.orchestrator not in {"lambda", "vm"}:
        image.append(
            Command(
                f"prove that the image of {c.version} is still in the registry",
                c.command(c.products["prove_image"]),
                "the digest is printed",
                "nothing to undo: it only reads",
            )
        )
    return (
        Command(
            f"prove that {c.version} can be returned to",
            c.command(prove["command"]),
            c.sentence(prove["check"]),
            c.sentence(prove["undo"]),
        ),
        *image,
        Command("freeze the pipeline", ci["freeze"], ci["frozen"], ci["thaw"]),
        Command(
            _act(c), c.command(act["command"]), c.sentence(act["check"]), c.sentence(act["undo"])
        ),
        Command(
            "verify",
            c.command(verify["command"]),
            c.sentence(verify["check"]),
            c.sentence(verify["undo"]),
        ),
    )
