"""The grammar: one table of phrases with what each sets and examples that run as tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.words.rules_capacity import CAPACITY, MONEY, PACE
from devops_exe.assess.words.rules_change import CHANGES, MACHINES
from devops_exe.assess.words.rules_elsewhere import ELSEWHERE
from devops_exe.assess.words.rules_goals import OBJECTIVES, RECOVERY
from devops_exe.assess.words.rules_load import LATENCY, LOAD, WORK
from devops_exe.assess.words.rules_names import CONSTRAINTS, NAMES
from devops_exe.assess.words.rules_platform import PRICES, ROLLOUT, WATCHING

if TYPE_CHECKING:
    from devops_exe.assess.words.rule import Rule

GRAMMAR: tuple[Rule, ...] = (
    *LOAD,
    *WORK,
    *LATENCY,
    *OBJECTIVES,
    *RECOVERY,
    *MACHINES,
    *CAPACITY,
    *MONEY,
    *PACE,
    *CONSTRAINTS,
    *NAMES,
    *ROLLOUT,
    *WATCHING,
    *PRICES,
    *CHANGES,
    *ELSEWHERE,
)
"""The whole table, in the order that decides between matches of one length."""
