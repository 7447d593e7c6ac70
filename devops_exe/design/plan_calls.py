"""The ledger of a plan under construction, and the inputs that several calls share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.profile import PRECEDENCE, SystemProfile
from devops_exe.design import decide
from devops_exe.design.assume import given
from devops_exe.design.ledger import Entry, Input, Ledger, Source

if TYPE_CHECKING:
    from collections.abc import Mapping


class Calls:
    """The ledger under construction."""

    def __init__(self, profile: SystemProfile) -> None:
        self.profile = profile
        self.ledger = Ledger()
        self.ids: dict[str, str] = {}

    def add(self, role: str, tool: str, op: str, inputs: Mapping[str, Input]) -> Entry:
        """Make a call; ``role`` is what its entry is for."""
        self.ledger, entry = self.ledger.call(tool, op, inputs)
        self.ids[role] = entry.id
        return entry

    def link(self, role: str, path: str) -> Input:
        """Another entry's output as an input."""
        return self.ledger.linked(f"{self.ids[role]}.{path}")

    def given(self, *names: str, **renamed: str) -> dict[str, Input]:
        """Inputs by their own name, and ``input=field`` for those named otherwise."""
        inputs = {name: given(self.profile, name) for name in names}
        inputs |= {name: given(self.profile, field) for name, field in renamed.items()}
        return inputs


def alert_windows(
    calls: Calls, alerts: Entry, index: int, *, short: bool = True
) -> dict[str, Input]:
    """Burn rate and windows of an alert of a ``slo burn_alerts`` entry, as inputs."""
    names = ("burn_rate", "long_window_seconds", *(("short_window_seconds",) if short else ()))
    return {name: calls.ledger.linked(f"{alerts.id}.alerts[{index}].{name}") for name in names}


def chosen(calls: Calls, strategy: str) -> Input:
    """The strategy's key, from the user's words or from the decision."""
    key = decide.CALCULATOR_KEYS[strategy]
    asked = calls.profile.get("strategy")
    if asked is not None:
        return Input(key, asked.origin, asked.where)
    return Input(key, "assumption", f"decided on {calls.ids['risk']}.ranking")


def _weights(calls: Calls) -> tuple[list[float], Input]:
    given_weights = given(calls.profile, "canary_weights_percent")
    value = given_weights.value
    return ([float(item) for item in value] if isinstance(value, list) else []), given_weights


def first_weight(calls: Calls) -> Input:
    """The canary's first weight, percent."""
    weights, whence = _weights(calls)
    return Input(weights[0], whence.origin, f"first step: {whence.where}")


def last_weight(calls: Calls) -> Input:
    """The canary's largest weight, percent."""
    weights, whence = _weights(calls)
    return Input(max(weights), whence.origin, f"largest step: {whence.where}")


_ORDER: tuple[Source, ...] = (*PRECEDENCE, "ledger")


def weakest(items: list[Input]) -> Source:
    """The origin that counts least among these: a sum is as sure as its least sure part."""
    return max((item.origin for item in items), key=_ORDER.index)
