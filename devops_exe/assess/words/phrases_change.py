"""Readers of machines, of counts a zone and of changes that build on another figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.words.effects import UNITS, pick, positive
from devops_exe.assess.words.lexicon import words
from devops_exe.assess.words.numbers import tidy
from devops_exe.assess.words.phrases_names import say_named

if TYPE_CHECKING:
    from devops_exe.assess.profile import SystemProfile
    from devops_exe.assess.words.reading import Found, Reader, Reading


class Later:
    """What only the whole line settles: a count of machines, a count a zone, a change.

    Attributes:
        kind: machines, zone or change.
        start, end: offsets of the words.
        amount: how many; of a change, the factor.
        low: lower end of a range of machines, else None.
        fields: of a change, the fields that it changes.
        step: what a change adds, 0 where it multiplies.
    """

    __slots__ = ("amount", "end", "fields", "kind", "low", "start", "step")

    def __init__(self, kind: str, found: Found, amount: float) -> None:
        self.kind = kind
        self.start, self.end = found.start, found.end
        self.amount = amount
        self.low: float | None = None
        self.fields: tuple[str, ...] = ()
        self.step = 0


def _machines(found: Found) -> bool:
    item = pick(found.quantities, ("number",))
    if item is None or item.value < 1 or item.value != int(item.value):
        return False
    for one in found.items:
        say_named(found, one)
    later = Later("machines", found, item.value)
    later.low = item.low
    found.line.later.append(later)
    return True


def _per_zone(found: Found) -> bool:
    count = UNITS["count"].convert(found.quantities[0], found.text)
    later = Later("zone", found, float(str(count)))
    first = found.items[0]
    later.fields = (f"{'min' if first.has('min') else 'max'}_replicas",) if (
        first.has("min", "max")) else ("replicas",)  # fmt: skip
    found.line.later.append(later)
    return True


_FACTORS = {
    "double": 2.0, "doubling": 2.0, "doubled": 2.0, "doubles": 2.0, "twice": 2.0, "triple": 3.0,
    "tripling": 3.0, "tripled": 3.0, "triples": 3.0, "thrice": 3.0, "quadruple": 4.0,
    "quadruples": 4.0, "half": 0.5, "halve": 0.5, "halving": 0.5, "halved": 0.5, "halves": 0.5,
}  # fmt: skip
_LESS = words("less lower fewer reduce cut decrease drops falls shrinks remove drop lose")
_SUBJECTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("replica", ("replicas", "min_replicas", "max_replicas")),
    ("zone", ("zones",)),
    ("region", ("regions",)),
    ("budget", ("budget_usd_month",)),
    ("peak", ("peak_rps",)),
    ("avg", ("average_rps",)),
    ("rto", ("rto_minutes",)),
    ("rpo", ("rpo_minutes",)),
    ("memory", ("memory_mib",)),
    ("cpu", ("cpu_millicores",)),
    ("traffic", ("peak_rps", "average_rps", "monthly_requests")),
    ("ratephrase", ("peak_rps", "average_rps", "monthly_requests")),
    ("req", ("peak_rps", "average_rps", "monthly_requests")),
    ("data", ("data_gib",)),
)
_COUNTS = frozenset(("replicas", "min_replicas", "max_replicas", "zones", "regions"))


def _change(found: Found, factor: float, step: int = 0) -> bool:
    for name, fields in _SUBJECTS:
        if any(item.has(name) for item in found.items):
            later = Later("change", found, factor)
            later.fields, later.step = fields, step
            found.line.later.append(later)
            return True
    return False


def _multiply(found: Found) -> bool:
    named = [_FACTORS[item.key] for item in found.items if item.key in _FACTORS]
    number = pick(found.quantities, ("number",))
    factor = named[0] if named else number.value if number is not None else 0
    return factor > 0 and _change(found, factor)


def _by_share(found: Found) -> bool:
    share = pick(found.quantities, ("pct",))
    if share is None or share.value <= 0:
        return False
    less = any(item.key in _LESS for item in found.items)
    if less and share.value >= 100:
        return False
    return _change(found, 1 - share.value / 100 if less else 1 + share.value / 100)


def _by_sign(found: Found) -> bool:
    """``+50% traffic``, ``-20% budget``: only with its sign is a share a change."""
    share = pick(found.quantities, ("pct",))
    if share is None or not -100 < share.value < 10_000 or share.value == 0:
        return False
    if share.value > 0 and share is found.items[0]:
        return False
    return _change(found, 1 + share.value / 100)


def _more(found: Found) -> bool:
    number = pick(found.quantities, ("number",))
    count = 1.0 if number is None else number.value
    if count < 1 or count != int(count):
        return False
    less = any(item.key in _LESS for item in found.items)
    return _change(found, 1.0, -int(count) if less else int(count))


def _times_rate(found: Found) -> bool:
    number, rate = pick(found.quantities, ("number",)), pick(found.quantities, ("rate",))
    if number is None or rate is None or rate.low is not None or rate.period >= 86400:
        return False
    factor = positive(number.value, found.text, "state a multiple above zero")
    return found.say("peak_rps", tidy(factor * rate.value))


def _times_average(found: Found) -> bool:
    rate = pick(found.quantities, ("rate",))
    return _times_rate(found) and rate is not None and found.say("average_rps", rate.value)


def _not_figure(found: Found) -> bool:
    """``not 15000 rps`` is what is not meant; ``why not 3 zones`` proposes it."""
    return not (found.before and found.before[-1].key in ("why", "warum", "pourquoi"))


def _rather_rate(found: Found) -> bool:
    """``1500 not 15000 rps``: the first number in the second's unit."""
    number, rate = found.quantities[0], found.quantities[-1]
    if rate.period != 1 or rate.low is not None or number.low is not None:
        return False
    value = positive(number.value, found.text, "state a rate above zero, such as '1200 rps'")
    return found.say("peak_rps", tidy(value))


READERS: dict[str, Reader] = {
    "machines": _machines,
    "per_zone": _per_zone,
    "multiply": _multiply,
    "by_share": _by_share,
    "by_sign": _by_sign,
    "more": _more,
    "times_rate": _times_rate,
    "times_average": _times_average,
    "not_figure": _not_figure,
    "rather_rate": _rather_rate,
}
"""The readers by the names that the effects of the rules use."""


def settle_counts(line: Reading) -> None:
    """Say what the whole line settles of machines and of counts a zone."""
    scheduled = any(
        said.field == "orchestrator" and said.value not in ("vm", "compose") for said in line.said
    )
    for later in line.later:
        if later.kind == "machines":
            _settle_machines(line, later, scheduled=scheduled)
        elif later.kind == "zone":
            _settle_zone(line, later)
        elif later.kind == "multiple":
            _settle_multiple(line, later)


def settle_changes(line: Reading, current: SystemProfile | None) -> None:
    """Say what a change makes of a figure of the line, or of ``current``.

    Args:
        line: the line, its grammar applied.
        current: the profile that a change builds on, where there is one.
    """
    for later in line.later[:20]:
        if later.kind == "change":
            _settle_change(line, later, current)


def _settle_machines(line: Reading, later: Later, *, scheduled: bool) -> None:
    """Machines are replicas where nothing schedules replicas onto them, else nodes."""
    said_so = line.words(later.start, later.end)
    if scheduled or line.has("replicas"):
        line.note(f"'{said_so}' are machines, not replicas of the system")
        line.listed.append((later.start, later.end))
        return
    if later.low is not None:
        line.say("min_replicas", int(later.low), later.start, later.end)
        line.say("max_replicas", int(later.amount), later.start, later.end)
        return
    line.note(f"'{said_so}' is read as one replica on each")
    line.say("replicas", int(later.amount), later.start, later.end)


def _settle_zone(line: Reading, later: Later) -> None:
    said_so = line.words(later.start, later.end)
    zones = [said.value for said in line.said if said.field == "zones"]
    if not zones or not isinstance(zones[-1], int):
        line.note(f"'{said_so}' names no number of zones; say, for example, '3 zones'")
        line.listed.append((later.start, later.end))
        return
    line.note(f"'{said_so}' in {zones[-1]} zones are {int(later.amount) * zones[-1]} replicas")
    line.say(later.fields[0], int(later.amount) * zones[-1], later.start, later.end)


def _settle_multiple(line: Reading, later: Later) -> None:
    """``peak 2.5x average, average 400 rps``: the average may stand behind its multiple."""
    average = next((said.value for said in line.said if said.field == "average_rps"), None)
    bare = [i for i, said in enumerate(line.said) if said.field == "peak_rps"]
    if average is None and len(bare) == 1:
        # ``200 rps, spikes 10x``: the rate that is multiplied is the usual one
        line.said[bare[0]] = line.said[bare[0]]._replace(field="average_rps")
        line.say("average_rps", line.said[bare[0]].value, *line.said[bare[0]][2:4])
        average = line.said.pop().value
    if not isinstance(average, int | float):
        line.listed.append((later.start, later.end))
        return
    line.say("peak_rps", tidy(later.amount * average), later.start, later.end)


def _settle_change(line: Reading, later: Later, current: SystemProfile | None) -> None:
    said_so = line.words(later.start, later.end)
    told = False
    for field in later.fields:
        old = next((said.value for said in reversed(line.said) if said.field == field), None)
        if old is None and current is not None:
            old = current.number(field)
        if not isinstance(old, int | float) or isinstance(old, bool):
            continue
        value = tidy(old * later.amount + later.step)
        if field in _COUNTS:
            value = int(value) if value == int(value) else int(value) + 1
        if value <= 0 or (later.step and told):
            continue
        line.note(f"'{said_so}': {field} becomes {value:g}, from {old:g}")
        line.say(field, value, later.start, later.end)
        told = True
    if not told:
        line.note(f"'{said_so}' builds on a figure that nobody stated; say the figure itself")
        line.listed.append((later.start, later.end))
