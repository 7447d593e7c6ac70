"""What a draft is written from: the plan, the platform's words, and marks for figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from devops_exe.blueprint.quote import mark, plain
from devops_exe.design import tables
from devops_exe.design.assume import given
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.assess.profile import SystemProfile
    from devops_exe.blueprint.model import Kind
    from devops_exe.design.plan import Plan

PREVIOUS = "the previous release"
"""What a rollback returns to when no version was named."""


@dataclass(frozen=True, slots=False)
class Context:
    """A plan with the words to write it in.

    Attributes:
        plan: the figures and the decisions.
        kind: which sections are wanted.
    """

    plan: Plan
    kind: Kind

    @property
    def profile(self) -> SystemProfile:
        """The completed profile."""
        return self.plan.profile

    @property
    def orchestrator(self) -> str:
        """Identifier of the orchestrator."""
        return self.profile.text("orchestrator") or "kubernetes"

    @cached_property
    def words(self) -> Mapping[str, Any]:
        """The orchestrator's own words."""
        return tables.platform(self.orchestrator)

    @cached_property
    def products(self) -> Mapping[str, str]:
        """The provider's products."""
        return tables.provider(self.profile.text("provider"))

    @cached_property
    def ci(self) -> Mapping[str, str]:
        """The words of the CI product."""
        named = self.profile.items("ci")
        product = named[0] if named else self.profile.text("ci")
        row = tables.pipeline(product)
        # a product without a row is the user's word: it must not become part of a command
        name = re.sub(r"[^\w .-]", "", plain(product or ""))[:60].strip(" -")
        return {key: value.replace("{ci}", name or "CI") for key, value in row.items()}

    @property
    def system(self) -> str:
        """The system as the user calls it."""
        return plain(self.profile.text("system") or "unnamed system").strip() or "unnamed system"

    @cached_property
    def name(self) -> str:
        """The system as a DNS label (RFC 1123), for commands and manifests."""
        label = re.sub(r"[^a-z0-9]+", "-", self.system.lower()).strip("-")[:53].strip("-")
        return label or "app"

    @property
    def version(self) -> str:
        """The version to return to."""
        return plain(self.profile.text("version") or PREVIOUS)

    @property
    def bad(self) -> str:
        """The version that is left."""
        return plain(self.profile.text("bad_version") or "the release in production")

    @property
    def strategy(self) -> str:
        """Printed name of the strategy."""
        return self.plan.choice.strategy

    def q(self, role: str, path: str, style: str = "number") -> str:
        """A mark for an output of the entry of a role."""
        return mark(f"{self.plan.ids[role]}.{path}", style)

    def p(self, field: str, style: str = "number") -> str:
        """A mark for a value of the profile, or its assumption."""
        return mark(f"profile:{field}", style)

    def says(self, field: str) -> bool:
        """Whether somebody stated the field: no assumption."""
        fact = self.profile.get(field)
        return fact is not None and fact.origin != "assumption"

    def unit(self) -> str:
        """What a replica is called here."""
        return str(self.words["unit"])

    def units(self) -> str:
        """What replicas are called here."""
        return str(self.words["units"])

    def alert(self) -> int:
        """The burn-rate alert that sees a total outage first."""
        return self.plan.outage_alert or 0

    def look_up(self, reference: str) -> object:
        """The value behind a mark."""
        if reference.startswith("profile:"):
            field = reference.removeprefix("profile:")
            if field not in self.profile and field not in tables.table("assumptions"):
                raise UserError(
                    f"no fact {field!r}",
                    where="figure",
                    fix="refer to a fact or an entry that was given",
                    code="unknown_reference",
                )
            return given(self.profile, field).value
        return self.plan.ledger.value(reference)

    def command(self, text: str) -> str:
        """A command of the platform's table with the names put in."""
        values = {"name": self.name, "version": self.shell_version(), "bad": "BAD_VERSION"}
        named = self.profile.text("bad_version")
        if named:
            values["bad"] = _shell_word(named)
        return _filled(text, values)

    def sentence(self, text: str) -> str:
        """A sentence of the platform's table with the names put in."""
        values = {"name": self.name, "version": self.version, "bad": self.bad}
        return _filled(text, values)

    def shell_version(self) -> str:
        """The version as one word of a command; PREVIOUS where none was named."""
        named = self.profile.text("version")
        return _shell_word(named) if named else "PREVIOUS"

    def act(self) -> Mapping[str, str]:
        """Command, check and undo of the step that gives the old version the traffic."""
        rows = cast("Mapping[str, Mapping[str, str]]", self.words["act"])
        return rows.get(self.strategy) or next(iter(rows.values()))

    def prove(self) -> Mapping[str, str]:
        """Command, check and undo of the step that proves the old version exists."""
        by_strategy = cast("Mapping[str, Mapping[str, str]]", self.words.get("prove_by", {}))
        return by_strategy.get(self.strategy) or cast("Mapping[str, str]", self.words["prove"])


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Names put in, doubled braces made single: in one pass, so that no value is read again."""
    return re.sub(
        r"\{(name|version|bad)\}|\{\{|\}\}",
        lambda match: values[match[1]] if match[1] else match[0][0],
        text,
    )


def _shell_word(text: str) -> str:
    """A version as one safe word: what no shell, path or option parser reads in another way."""
    word = re.sub(r"[^A-Za-z0-9._+-]", "", text)
    return re.sub(r"\.{2,}", ".", word).lstrip("._+-")[:128] or "VERSION"
