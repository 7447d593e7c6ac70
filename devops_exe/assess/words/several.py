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
    names = list(dict.fromkeys(line.text[item.start : item.end] for item in others))
    names = [name for name in names if name.casefold() != str(system.value).casefold()]
    if not names:
        return
    listed = ", ".join([str(system.value), *names[:_MOST]])
    line.note(
        f"The words name several systems ({listed}); this is the plan of {system.value}: "
        "which one is meant?"
    )
    line.used += [(item.start, item.end) for item in others]


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
