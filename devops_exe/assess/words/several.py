"""``checkout-api and billing-api on EKS`` names two systems: which one is asked, not guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.words.naming import free_items, is_system_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.assess.words.items import Item
    from devops_exe.assess.words.reading import Reading

_MOST = 6


def ask_which(line: Reading) -> None:
    """Notes, as a question, that the line names several systems; the first holds."""
    system = next((one for one in reversed(line.said) if one.field == "system"), None)
    if system is None:
        return
    free = free_items(line)
    others = [
        item
        for i, item in enumerate(line.items)
        if item.start >= system.end and free[i] and _another(line, i, system.end)
    ]
    others += _before(line, free, system.start)
    names = list(dict.fromkeys(line.text[item.start : item.end] for item in others))
    names = [name for name in names if name.casefold() != str(system.value).casefold()]
    if not names:
        return
    if _chosen(line, system.start):
        line.used += [(item.start, item.end) for item in others]
        return
    listed = ", ".join([str(system.value), *names[:_MOST]])
    line.note(
        f"The words name several systems ({listed}); this is the plan of {system.value}: "
        "which one is meant?"
    )
    line.used += [(item.start, item.end) for item in others]
    _one_each(line)


def _chosen(line: Reading, start: int) -> bool:
    """``… the plan is for ledger-api``: the words say themselves which one is meant."""
    before = [item for item in line.items if item.end <= start]
    return len(before) > 1 and before[-1].key == "for"


def _before(line: Reading, free: Sequence[bool], before: int) -> list[Item]:
    """Names of systems before the one that was chosen, each followed by a comma or ``and``."""
    items = line.items
    return [
        item
        for i, item in enumerate(items[:-1])
        if item.end <= before and free[i] and item.kind == "name" and is_system_name(item)
        and (items[i + 1].has("and") or items[i + 1].key in (",", "("))
        and not (i and items[i - 1].key in _UPSTREAM)
    ]  # fmt: skip


_UPSTREAM = frozenset(("behind", "via", "through", "from", "by", "of", "calls"))


def _one_each(line: Reading) -> None:
    """``orders-api and billing-api, 500 rps each``: each system's rate, not each replica's."""
    if any(item.has("replica") for item in line.items):
        return
    for i, one in enumerate(line.said):
        if one.field == "rps_per_replica" and line.text[one.start : one.end].endswith("each"):
            line.said[i] = one._replace(field="peak_rps")


def _another(line: Reading, i: int, after: int) -> bool:
    """Whether item ``i`` is the name of one more system: joined by ``and`` or a comma."""
    items = line.items
    item, before = items[i], items[i - 1] if i else None
    if before is None or not (before.has("and") or before.key == ","):
        return False
    behind = items[i + 1] if i + 1 < len(items) else None
    closed = behind is None or behind.has("and", "on", "sep")
    if item.kind == "name":
        return closed and is_system_name(item)
    # an ordinary word only right behind the first name, and only where a platform follows
    plain = item.kind == "word" and item.classes <= {"word", "noun"} and before.has("and")
    return plain and before.start - after <= 1 and _on_platform(items, i + 1)


def _on_platform(items: Sequence[Item], i: int) -> bool:
    return i + 1 < len(items) and items[i].has("on") and items[i + 1].has("product")
