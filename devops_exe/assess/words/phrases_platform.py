"""Readers of the platform's own settings."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, cast

from devops_exe.assess.words.effects import pick, positive, refuse
from devops_exe.assess.words.numbers import tidy
from devops_exe.assess.words.phrases_names import say_product

if TYPE_CHECKING:
    from devops_exe.assess.profile import Value
    from devops_exe.assess.words.reading import Found, Reader


def _bound(field: str) -> Reader:
    """A bound of a rolling update: whole replicas, or whole per cent as Kubernetes has them."""

    def read(found: Found) -> bool:
        item = pick(found.quantities, ("pct", "number"))
        after = found.after
        if item is None or item.low is not None or (
            item.kind == "number" and after is not None and after.has("replica")
        ):  # fmt: skip
            return False
        value = positive(item.value, found.text, "state 25% or a number", zero=True)
        if value != int(value):
            refuse(found.text, "a part of one makes no sense", "state whole replicas or per cent")
        return found.say(field, f"{int(value)}%" if item.kind == "pct" else int(value))

    return read


def _share(field: str) -> Reader:
    """A probability as a share (``0.05``) or a percentage (``5 %``), within 0 and 1."""

    def read(found: Found) -> bool:
        item = pick(found.quantities, ("pct", "number"))
        if item is None or item.low is not None:
            return False
        value = tidy(item.value / 100 if item.kind == "pct" else item.value)
        if not 0 < value < 1:
            refuse(found.text, f"{field} lies between 0 and 1", f"state such a {field}")
        return found.say(field, value)

    return read


_MOST_STEPS = 12
"""Steps of a canary that are read (a judgement)."""


def _not_rising(found: Found) -> bool:
    """``50/20/100 %`` is refused; a list by commas may go on to something else."""
    if any(item.key in ("/", "→", "then", "->") for item in found.items):
        refuse(found.text, "the weights of a canary rise from step to step",
               "state rising weights, such as 'canary 5/25/50 %'")  # fmt: skip
    if found.after is not None and not found.after.has("sep", "on"):
        return False  # ``canary 20 %, 5 % error budget``
    found.line.note(f"'{found.text}': weights must rise; they are not used as steps")
    return False


def _canary_weights(found: Found) -> bool:
    """The steps of a canary: rising percentages, one with its sign; all traffic is no step."""
    product = found.items[0].product
    named = product is not None and "Canary" in product.effects
    whole = found.quantities[-1].value == 100 and len(found.quantities) > 2
    if not named or not (whole or any(item.kind == "pct" for item in found.quantities)):
        return False
    parted = any(item.has("sep", "and", "dash") or item.key in ("/", "→", "then")
                 for item in found.items)  # fmt: skip
    if not parted and any(item.value != int(item.value) for item in found.quantities):
        return False
    weights = [
        float(value)
        for item in found.quantities
        for value in (item.low, item.value)
        if value is not None and item.kind in ("number", "pct")
    ]
    last, after = found.quantities[-1], found.after
    if last.kind != "pct" and after is not None and not after.has("sep") and not whole:
        return False  # ``canary 10 %, 2 pods``: the last number counts something else
    if not all(0 < weight <= 100 for weight in weights):
        refuse(found.text, "a weight lies above 0 and up to 100 %", "state such weights")
    if len(weights) > _MOST_STEPS:
        refuse(found.text, f"more than {_MOST_STEPS} steps make no rollout", "state fewer steps")
    if not all(a < b for a, b in pairwise(weights)):
        return _not_rising(found)
    if weights[-1] == 100 and len(weights) > 1:
        weights.pop()
    say_product(found)
    return found.say("canary_weights_percent", cast("Value", tuple(weights)))


def _first_weight(found: Found) -> bool:
    """``canary 120 %`` makes no sense; one weight alone says no steps."""
    product, share = found.items[0].product, found.quantities[-1]
    named = product is not None and "Canary" in product.effects
    if named and share.kind == "pct" and share.value > 100:
        refuse(found.text, "a weight lies above 0 and up to 100 %", "state such weights")
    return False


def _price(field: str) -> Reader:
    """Dollars an hour of one vCPU or one GiB."""

    def read(found: Found) -> bool:
        item = pick(found.quantities, ("money",))
        if item is None or item.unit != "usd" or item.low is not None:
            return False
        return found.say(
            field, tidy(positive(item.value, found.text, "state a price above zero", zero=True))
        )

    return read


READERS: dict[str, Reader] = {
    "max_surge": _bound("max_surge"),
    "max_unavailable": _bound("max_unavailable"),
    "alpha": _share("alpha"),
    "power": _share("power"),
    "canary_weights": _canary_weights,
    "first_weight": _first_weight,
    "cpu_price": _price("price_per_vcpu_hour"),
    "memory_price": _price("price_per_gib_hour"),
}
"""The readers by the names that the effects of the rules use."""
