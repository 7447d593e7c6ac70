"""Readers of constraints, products and versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.assess.words.items import Item
    from devops_exe.assess.words.reading import Found, Reader


def _schema(found: Found) -> bool:
    return found.say("schema_change", "backward_compatible")


def _no_schema(found: Found) -> bool:
    breaking = any(item.has("breaking") for item in found.items)
    return found.say("schema_change", "backward_compatible" if breaking else "none")


_PERMITTING = ("allowed", "tolerat", "tolerable", "permitted", "acceptable", "accepted")


def _no_outage(found: Found) -> bool:
    """``no downtime tolerated`` demands none; ``zero downtime is not needed`` does not."""
    last = found.items[-1].key
    demanded = last.removeprefix("is ").startswith(_PERMITTING) or last == "can be tolerated"
    return found.say("zero_downtime", demanded)


def say_product(found: Found) -> bool:
    """Say what naming the first product of the match implies; False without one."""
    item = next((item for item in found.items if item.has("product")), None)
    return item is not None and say_named(found, item)


def say_named(found: Found, item: Item) -> bool:
    """Say what naming the product ``item`` implies; False where it is none."""
    if item.product is None:
        return False
    for effect in item.product.effects.split(";"):
        if not effect:
            continue
        field, _, value = effect.lstrip("?+").partition(":")
        spoken: str | bool = value == "true" if value in ("true", "false") else value
        found.line.say(field, (value,) if effect[0] == "+" else spoken, item.start, item.end,
                       weak=effect[0] == "?")  # fmt: skip
    return True


def _product_version(found: Found) -> bool:
    """A number right behind a product is its version and no requirement.

    Where a noun or a unit follows, the number counts that: ``EKS 6 replicas``.
    """
    last = found.items[-1]
    if last.kind == "number" and _counts(found, last):
        return False
    if any(item.has("fill") and item.key not in ("=", ":", "v") for item in found.items[1:-1]):
        return False
    product = found.items[0]
    if product.has("strategy") or (last.kind == "number" and last.value > 1000
                                   and product.has("datastores")):  # fmt: skip
        return False
    if last.kind == "number" and (last.value < 0 or last.low is not None):
        return False
    if product.has("router"):
        found.say("traffic_routing", value=True)
    return say_product(found) or product.has("router")


def _dotted_version(found: Found) -> bool:
    """``GKE 1.29 regional``: a number with a point behind a product is its version."""
    last = found.items[-1]
    return "." in last.key and not last.unit and _product_version(found)


_COUNTED = ("replica", "zone", "region", "worker", "machine", "nines", "shortreq", "noun")


def _counts(found: Found, number: Item) -> bool:
    """Whether a number behind a product says how many of what follows, or an objective."""
    after, written = found.after, number.key
    if number.worded or found.items[0].has("scaleword"):
        return True
    if 99 < number.value < 100:
        return True
    if after is None or (after.has("nines") and number.value < 10):
        return after is not None
    behind = found.ahead[1] if len(found.ahead) > 1 else None
    if after.has("deploy"):
        return behind is not None and behind.kind == "period"
    if after.has("min", "max"):
        return behind is None or behind.kind != "number" or _bounds_behind(found)
    if after.has("noun") and not after.has("machine"):
        return "." not in written and after.key.endswith("s")
    return "." not in written and (after.has(*_COUNTED) or after.key in ("x", "×"))


def _bounds_behind(found: Found) -> bool:
    """``3 min 12 max``: the bounds stand behind their numbers."""
    return len(found.ahead) > 2 and found.ahead[2].has("min", "max")


_WELCOME = frozenset(
    ("ok", "okay", "fine", "acceptable", "allowed", "permitted", "is ok", "is okay", "is fine",
     "is acceptable", "is allowed", "are fine", "are ok", "are acceptable", "is no problem")
)  # fmt: skip
"""What is said of a product that may be used: ``recreate is fine``."""


def _not_product(found: Found) -> bool:
    product = next((item.product for item in found.items if item.product is not None), None)
    if product is None:
        return False
    if any(item.key in _WELCOME for item in found.items):
        return say_product(found)
    if product.says("feature_validation"):
        return found.say("feature_validation", value=False)
    return True


def _denied_product(found: Found) -> bool:
    """``canary isn't possible``, said of the product before it."""
    return found.items[0].product is not None and not found.items[0].has("router")


def _left_product(found: Found) -> bool:
    """``from Jenkins to …``: what is left behind is not what is wanted."""
    ahead = found.ahead
    if _upgraded(ahead):
        return say_product(found)
    moving = found.items[0].key not in ("from", "von", "depuis", "desde", "off", "as")
    if not moving and not any(item.has("goto") or item.key in ("to", "→", "->") for item in ahead):
        return False
    return found.items[0].key not in ("currently on", "as", "since")


def _upgraded(ahead: Sequence[Item]) -> bool:
    """``from MySQL 5.7 to 8.0``: the product stays, its version changes."""
    if not ahead or ahead[0].kind not in ("number", "version"):
        return False
    if ahead[0].low is not None:
        return True
    return (
        len(ahead) > 2
        and ahead[1].has("goto", "to", "dash")
        and ahead[2].kind in ("number", "version")
    )


def _version(found: Found) -> bool:
    item = found.items[0]
    line, after = found.line, found.after
    before = found.before[-1] if found.before else None
    if (after is not None and after.key in _INTERFACES) or (
        before is not None and before.key in ("api", "apis", "protocol", "schema")
    ):  # fmt: skip
        return True
    written = line.text[item.start : item.end]
    if line.has("version"):
        if not line.has("bad_version") and written not in line.versions:
            return found.say("bad_version", written)
        return True
    line.say("version", written, item.start, item.end, weak=True)
    return True


_INTERFACES = frozenset(("api", "apis", "endpoint", "endpoints", "protocol", "schema", "spec",
                         "client", "clients", "sdk"))  # fmt: skip
"""What has versions of its own, which are no release of the system."""


def _version_text(found: Found) -> str:
    last = next(
        item for item in reversed(found.items) if item.kind in ("version", "number")
    )  # fmt: skip
    return found.line.text[last.start : last.end]


_OF_NOW = frozenset(("old", "current", "existing", "running", "present", "older"))


def _version_to(found: Found) -> bool:
    last = found.items[-1]
    if found.before and found.before[-1].key in _OF_NOW:
        return True  # ``the old version 2.8 must keep reading``: what is there, not what is wanted
    if last.kind == "number":
        tagged = any(item.has("tag") for item in found.items)
        dotted = "." in found.line.text[last.start : last.end]
        if last.worded or last.low is not None or last.value < 0 or not (tagged or dotted):
            return False
        if 99 <= last.value < 100 and not tagged:
            return False
        if found.items[0].key in ("a", "as", "to") and not tagged and last.value > 90:
            return False
    if any(item.has("fill") and item.key not in _SMALL for item in found.items[1:-1]):
        return False
    return found.say("version", _version_text(found))


_SMALL = frozenset(("the", "our", "of", ":", "=", "version", "is", "our", "a", "#", "la", "die"))


def _version_from(found: Found) -> bool:
    return found.say("bad_version", _version_text(found))


def _version_arrow(found: Found) -> bool:
    first, last = found.items[0], found.items[-1]
    found.say("bad_version", found.line.text[first.start : first.end])
    return found.say("version", found.line.text[last.start : last.end])


def _versions(found: Found) -> bool:
    numbers = [item for item in found.items if item.kind == "number"]
    texts = [found.line.text[item.start : item.end] for item in numbers]
    if len(texts) != 2 or not all("." in text for text in texts):
        return False
    found.say("bad_version", texts[0])
    return found.say("version", texts[1])


READERS: dict[str, Reader] = {
    "schema": _schema,
    "no_schema": _no_schema,
    "product": say_product,
    "product_version": _product_version,
    "dotted_version": _dotted_version,
    "not_product": _not_product,
    "no_outage": _no_outage,
    "denied_product": _denied_product,
    "left_product": _left_product,
    "version": _version,
    "version_to": _version_to,
    "version_from": _version_from,
    "versions": _versions,
    "version_arrow": _version_arrow,
}
"""The readers by the names that the effects of the rules use."""
