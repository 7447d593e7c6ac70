"""``FIELD=VALUE``: the published fields by their own names, in their own units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.words.effects import Said, check_rate, positive, refuse, slo
from devops_exe.assess.words.lexicon import words
from devops_exe.assess.words.numbers import tidy
from devops_exe.assess.words.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.assess.profile import Value

_NUMBERS = words(
    "peak_rps average_rps monthly_requests rps_per_replica service_ms startup_seconds p99_ms"
    " p95_ms slo_percent sla_percent slo_window_days rto_minutes rpo_minutes data_gib"
    " backup_interval_minutes zone_availability replica_availability target_utilization"
    " budget_usd_month deploys_per_week cpu_millicores memory_mib scrape_interval_seconds"
    " evaluation_interval_seconds restore_mib_per_second spare_capacity_percent"
    " failure_probability bad_error_ratio preview_detection alpha power cohort_percent"
    " max_step_hours deploys_per_month price_per_vcpu_hour price_per_gib_hour"
    " recovery_point_minutes min_step_seconds experiment_seconds progress_deadline_seconds"
    " probe_period_seconds probe_timeout_seconds"
)
_FROM_NOUGHT = words(
    "min_ready_seconds termination_grace_seconds switch_seconds lb_propagation_seconds"
    " weight_reset_seconds flag_propagation_seconds scale_down_delay_seconds analysis_seconds"
    " group_wait_seconds decide_seconds verify_seconds downscale_stabilization_seconds"
    " rpo_minutes min_replicas"
)
_COUNTS = words(
    "port workers zones regions replicas min_replicas max_replicas pool_size"
    " probe_failure_threshold"
)
_FLAGS = words(
    "zero_downtime stateful session_affinity feature_validation exclusive_volume"
    " traffic_routing canary_analysis automated_rollback feature_flags"
    " sticky_routing_available"
)
_RATIOS = frozenset(
    (
        "zone_availability",
        "replica_availability",
        "target_utilization",
        "failure_probability",
        "bad_error_ratio",
        "preview_detection",
        "alpha",
        "power",
    )
)
_WORDS: dict[str, bool] = {"true": True, "yes": True, "on": True, "false": False, "no": False,
                           "off": False}  # fmt: skip
_UNITS_BEHIND = frozenset(("word", "number"))


def read_assignments(tokens: Sequence[Token], text: str) -> tuple[list[Token], list[Said]]:
    """The tokens without what was assigned by field name, and what was assigned.

    Raises:
        UserError: the value makes no sense for the field.
    """
    kept: list[Token] = []
    said: list[Said] = []
    i = 0
    while i < len(tokens):
        field = tokens[i].text.casefold()
        read = _assignment(field, tokens, i, text) if _assigns(field, tokens, i) else None
        if read is None:
            kept.append(tokens[i])
            i += 1
            continue
        one, i = read
        said.append(one)
        kept.append(Token("newline", "\n", one.start, glued=False))
    return kept, said


def _assigns(field: str, tokens: Sequence[Token], i: int) -> bool:
    if not any(field in known for known in (_NUMBERS, _FROM_NOUGHT, _COUNTS, _FLAGS)):
        return False
    joint = tokens[i + 1].text if i + 1 < len(tokens) else ""
    return joint == "=" or ("_" in field and (joint == ":" or i + 1 < len(tokens)))


def _assignment(
    field: str, tokens: Sequence[Token], i: int, text: str
) -> tuple[Said, int] | None:  # fmt: skip
    j = i + 2 if tokens[i + 1].text in ("=", ":") else i + 1
    sign = 1.0
    if j < len(tokens) and tokens[j].text in ("-", "−"):
        sign, j = -1.0, j + 1
    if j >= len(tokens):
        return None
    token = tokens[j]
    words = text[tokens[i].start : token.end]
    if field in _FLAGS:
        flag = _WORDS.get(token.text.casefold())
        return None if flag is None else (Said(field, flag, tokens[i].start, token.end), j + 1)
    glued = j + 1 < len(tokens) and tokens[j + 1].glued and tokens[j + 1].kind in _UNITS_BEHIND
    if token.kind != "number" or glued:
        return None
    value = _value(field, sign * token.value, words)
    return Said(field, value, tokens[i].start, token.end), j + 1


def _value(field: str, number: float, words: str) -> Value:
    fix = f"state a {field} above zero"
    if field in ("slo_percent", "sla_percent"):
        return slo(number, words)
    positive(number, words, fix, zero=field in _FROM_NOUGHT)
    if field in _RATIOS and number > 1:
        refuse(words, "a share is a number from 0 to 1", "state such a share, for example 0.7")
    check_rate(field, number, words)
    if field in _COUNTS and number != int(number):
        refuse(words, "a part of one makes no sense", "state a whole number")
    return tidy(number)
