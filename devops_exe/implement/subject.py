"""The subject: what the files are for. One value that every generator reads and none changes.

It joins a dossier (figures, decisions) with what the target folder has already (commands,
ports, environment variables, files), under names that all files share: a Service named in one
file is the Service another file selects.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from devops_exe.design.assume import given
from devops_exe.ground.errors import UserError
from devops_exe.implement.emit import Figured
from devops_exe.implement.existing import is_generated
from devops_exe.implement.subject_parts import Alert, Environment, Variable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.assess.profile import SystemProfile
    from devops_exe.assess.repository import RepositoryReading
    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.design.plan import Plan
    from devops_exe.implement.series import Series

__all__ = ["Alert", "Environment", "Subject", "Variable", "is_secret"]

LONGEST_LABEL = 63
"""Characters of a DNS label (RFC 1123)."""

LONGEST_SYSTEM = 40
"""Characters of the system's name in files: suffixes (``-canary``, ``-production``, a pod's
hash) must fit into a label too."""

_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\Z")
_SECRET = re.compile(
    r"(?:PASS|PASSWORD|PASSWD|SECRET|TOKEN|KEY|DSN|CREDENTIAL|PRIVATE|_URL\Z|_URI\Z|CONNECTION)",
    re.IGNORECASE,
)
_OUR_PLACES = (
    ".github/",
    ".gitlab-ci.yml",
    ".gitleaks.toml",
    "Dockerfile",
    ".dockerignore",
    "compose.yaml",
    "deploy/",
    "docs/",
    "observability/",
    "policy/",
)
_OUR_NAMES = ("/Dockerfile", "/.dockerignore", "/kustomization.yaml")
"""Files that are generated into folders of the user's own."""
_OF_THE_PROCESS = frozenset({"language", "framework", "port", "health_path", "datastores"})
"""Facts of the folder that files need and no figure rests on."""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,120}\Z")


@dataclass(frozen=True)
class Subject:
    """What to implement, and for whom.

    Attributes:
        dossier: figures, decisions, findings. Its ``plan`` is never None here.
        reading: what the target folder says; None where it is empty or new.
        files: text of the files that the target folder has and a generator may meet (path to
            text); a file that cannot be read as text is there with an empty text.
        title: the name as the user wrote it.
    """

    dossier: Dossier
    reading: RepositoryReading | None = None
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        """The plan behind the dossier."""
        plan = self.dossier.plan
        if plan is None:
            raise UserError(
                "the document carries no plan",
                where="implement",
                fix="give the JSON face, or a session",
                code="no_plan",
            )
        return plan

    @property
    def profile(self) -> SystemProfile:
        """The completed profile."""
        return self.plan.profile

    # -- names ------------------------------------------------------------------------------

    @cached_property
    def title(self) -> str:
        """The system as the user calls it, on one line."""
        return " ".join((self.profile.text("system") or "app").split())

    @cached_property
    def name(self) -> str:
        """The system's name in every file: a DNS label that leaves room for suffixes.

        Raises:
            UserError: nothing of the name can stand in a label, or it is too long.
        """
        label = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")
        if not label or not _LABEL.match(label):
            raise UserError(
                f"{self.title[:60]!r} gives no DNS label",
                where="system",
                fix="name it with letters a-z, digits and hyphens, as in checkout-api",
                code="no_dns_label",
            )
        if len(label) > LONGEST_SYSTEM:
            raise UserError(
                f"{label[:60]!r} has {len(label)} characters",
                where="system",
                fix=f"name it in at most {LONGEST_SYSTEM}: suffixes must fit into a label of "
                f"{LONGEST_LABEL}",
                code="name_too_long",
            )
        if label[0].isdigit():
            # a Service's name is a label of RFC 1035, which begins with a letter
            label = f"app-{label}"
        return label

    @cached_property
    def identifier(self) -> str:
        """The name as a metric, recording rule or variable may hold it (``checkout_api``)."""
        return self.name.replace("-", "_")

    @property
    def orchestrator(self) -> str:
        """Identifier of the orchestrator (``kubernetes``)."""
        return self.profile.text("orchestrator") or "kubernetes"

    @property
    def provider(self) -> str | None:
        """Identifier of the provider, None where none was chosen."""
        return self.profile.text("provider")

    @property
    def strategy(self) -> str:
        """Printed name of the strategy."""
        return self.plan.choice.strategy

    @property
    def ci(self) -> str:
        """Identifier of the CI product: stated or found, else ``github-actions``."""
        named = self.profile.items("ci")
        return (named[0] if named else self.profile.text("ci")) or "github-actions"

    @cached_property
    def labels(self) -> dict[str, str]:
        """Recommended labels of every object; the selector is the first alone."""
        return {
            "app.kubernetes.io/name": self.name,
            "app.kubernetes.io/part-of": self.name,
            "app.kubernetes.io/managed-by": "kustomize",
        }

    @cached_property
    def selector(self) -> dict[str, str]:
        """Labels by which Services, budgets and policies find the pods."""
        return {"app.kubernetes.io/name": self.name}

    # -- the process ------------------------------------------------------------------------

    @cached_property
    def _known(self) -> SystemProfile:
        """The dossier's facts, and those of the folder that it says nothing of.

        A document that was made without the folder still gets files that fit it.
        """
        if self.reading is None:
            return self.profile
        more = {
            name: fact
            for name, fact in self.reading.profile
            if name in _OF_THE_PROCESS
            and name not in self.profile
            # what only a file of ours says would change what is generated the second time
            and (name == "datastores" or fact.where.rpartition(":")[0] not in self.ours)
        }
        return self.profile.with_facts(more)

    def says(self, name: str) -> bool:
        """Whether the document, or the folder where it is silent, says this of the process."""
        return name in self._known

    @property
    def language(self) -> str | None:
        """Identifier of the language."""
        return self._known.text("language") or self.fact("primary_language")

    @property
    def framework(self) -> str | None:
        """Identifier of the framework."""
        return self._known.text("framework")

    @cached_property
    def port(self) -> int:
        """The port it listens on; 8080 where nobody says."""
        return int(self._known.number("port") or 8080)

    @cached_property
    def health_path(self) -> str:
        """Path of the health check; ``/healthz`` where nobody says (an assumption)."""
        return self._known.text("health_path") or "/healthz"

    @cached_property
    def datastores(self) -> tuple[str, ...]:
        """Identifiers of its data stores."""
        return self._known.items("datastores")

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        """Its environment variables, by name."""
        found: dict[str, Variable] = {}
        for wanted in ("environment_required", "environment"):
            for name, where in self.facts(wanted):
                if _VARIABLE.match(name) and name != "PORT":
                    required = wanted == "environment_required"
                    found.setdefault(name, Variable(name, is_secret(name), required, where))
        return tuple(found[name] for name in sorted(found))

    def facts(self, name: str) -> tuple[tuple[str, str], ...]:
        """Values of a fact of the repository with their places, in the order met.

        Args:
            name: as ``assess --json`` has it (``environment_required``, ``test``,
                ``language_version``, ``services.NAME.start_command`` …). What only a file
                of ours says is left out: generating twice gives the same files.
        """
        if self.reading is None:
            return ()
        return tuple(
            (str(fact.value), fact.where)
            for field_name, fact in self.reading.facts
            if field_name == name
            and fact.role != "development"
            and fact.where.rpartition(":")[0] not in self.ours
        )

    def fact(self, name: str) -> str | None:
        """The first value of a fact of the repository."""
        found = self.facts(name)
        return found[0][0] if found else None

    @cached_property
    def migrations(self) -> str | None:
        """The command that brings the schema up to date, None where there is none."""
        return self.fact("migrations")

    @cached_property
    def series(self) -> Series:
        """The HTTP series that rules, analyses, panels and gates ask for."""
        from devops_exe.implement.observability.series_of import read_series

        return read_series(self)

    # -- figures ----------------------------------------------------------------------------

    def figure(self, role: str, path: str) -> Figured:
        """An output of the plan's entry of a role, with its reference.

        Raises:
            UserError: the plan has no such entry or output.
        """
        if not self.plan.has(role):
            raise UserError(
                f"the plan has no {role}",
                where="implement",
                fix="state what it needs",
                code="no_figure",
            )
        entry = self.plan.entry(role)
        return Figured(_whole(entry.number(path)), f"{entry.id}.{path}")

    def given(self, name: str) -> Figured:
        """An input of the profile or its assumption, with who says so."""
        value = given(self.profile, name)
        number = value.value
        shown = number if isinstance(number, int | float | str) else str(number)
        return Figured(
            _whole(shown) if isinstance(shown, float) else shown,
            f"{name}: {value.origin}, {value.where}",
        )

    @cached_property
    def environments(self) -> tuple[Environment, ...]:
        """Development, staging and production, in this order, with their replicas."""
        found = []
        for name in ("development", "staging", "production"):
            production = name == "production"
            if production:
                replicas = self.figure("peak", "total_replicas")
            elif name == "staging":
                replicas = self.given("zones")
            else:
                replicas = Figured(1, "one for every branch")
            found.append(Environment(name, production, f"{self.name}-{name}", replicas))
        return tuple(found)

    @property
    def minimum(self) -> Figured:
        """Fewest replicas: the user's, else capacity at the average load."""
        if self._stated("min_replicas"):
            return self.given("min_replicas")
        return self.figure("average", "total_replicas")

    @property
    def maximum(self) -> Figured:
        """Most replicas: the user's, else capacity at twice the peak."""
        if self._stated("max_replicas"):
            return self.given("max_replicas")
        return self.figure("twice", "total_replicas")

    @cached_property
    def alerts(self) -> tuple[Alert, ...]:
        """The burn-rate alerts, in the ledger's order."""
        rows = self.plan.entry("alerts").outputs["alerts"]
        count = len(rows) if isinstance(rows, list) else 0
        found = []
        for index in range(count):
            at = f"alerts[{index}]"
            severity = self.plan.ledger.value(f"{self.plan.ids['alerts']}.{at}.severity")
            found.append(
                Alert(
                    "page" if severity == "page" else "ticket",
                    self.figure("alerts", f"{at}.long_window_seconds"),
                    self.figure("alerts", f"{at}.short_window_seconds"),
                    self.figure("alerts", f"{at}.burn_rate"),
                    self.figure("alerts", f"{at}.error_ratio_threshold"),
                    index,
                )
            )
        return tuple(found)

    def _stated(self, name: str) -> bool:
        fact = self.profile.get(name)
        return fact is not None and fact.origin != "assumption"

    # -- what is there already --------------------------------------------------------------

    @cached_property
    def ours(self) -> frozenset[str]:
        """Paths of the folder that an earlier run generated."""
        return frozenset(
            path
            for path in self.files
            if (path.startswith(_OUR_PLACES) or path.endswith(_OUR_NAMES))
            and is_generated(self.files[path])
        )

    def theirs(self, *paths: str) -> str | None:
        """The first of these paths that the folder has and that is not ours, or None."""
        return next((p for p in paths if p in self.files and p not in self.ours), None)

    def matching(self, pattern: str) -> tuple[str, ...]:
        """Paths of the folder, ours left out, that match a regular expression as a whole."""
        wanted = re.compile(pattern)
        return tuple(p for p in self.files if wanted.fullmatch(p) and p not in self.ours)


def is_secret(name: str) -> bool:
    """Whether a variable's value belongs in a Secret, judged by its name.

    >>> is_secret("DATABASE_URL"), is_secret("LOG_LEVEL"), is_secret("STRIPE_API_KEY")
    (True, False, True)
    """
    return _SECRET.search(name) is not None


def _whole(value: float) -> int | float:
    """A whole number as an integer; twelve digits else, so that 0.1 + 0.2 prints as 0.3."""
    if value == int(value) and abs(value) < 10**15:
        return int(value)
    return float(format(value, ".12g"))
