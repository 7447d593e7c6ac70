"""Requirements in words: from a line of plain language to facts of the user.

The grammar is data (``words.grammar``, ``words.lexicon``, ``words.products``); this module
runs it over a line and settles what was said twice. Reading is pure and linear in the length
of the line, of which at most :data:`LONGEST` characters are read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from devops_exe.assess.profile import Fact, SystemProfile, Value
from devops_exe.assess.words.fields import read_assignments
from devops_exe.assess.words.items import read_items
from devops_exe.assess.words.naming import (
    find_dependencies,
    find_environments,
    find_paths,
    find_regions,
    find_system,
    free_items,
)
from devops_exe.assess.words.phrases import readers
from devops_exe.assess.words.phrases_change import settle_changes, settle_counts
from devops_exe.assess.words.quantities import read_quantities
from devops_exe.assess.words.reading import Reading, apply
from devops_exe.assess.words.scopes import leave_other_environments
from devops_exe.assess.words.sections import keep_first_section
from devops_exe.assess.words.settle import settle
from devops_exe.assess.words.strategies import check_strategy_word
from devops_exe.assess.words.tokens import tokenise
from devops_exe.assess.words.unused import not_used
from devops_exe.ground.text import sanitise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from devops_exe.assess.words.effects import Said

__all__ = ["LONGEST", "check_strategy_word", "read_words"]

LONGEST = 16_384
"""Characters of a line that are read; what lies behind is said to be ignored."""

_LISTS = ("datastores", "compliance", "dependencies", "environments")


def read_words(
    text: str, *, chat: bool = False, current: SystemProfile | None = None
) -> SystemProfile:
    """What the user's own words say.

    Args:
        text: the words after the command (a prompt's ``$ARGUMENTS``), or a line of chat.
        chat: the line is prose: its first words name no system.
        current: what is known already; ``double the traffic`` builds on its figures, unless
            the line names another system.

    Returns:
        A profile whose facts are the user's, each with the words that said it. Of two values
        for one field the later holds and the earlier is a conflict. Numbers that were
        understood in no way are in ``unused``.

    Raises:
        UserError: a value makes no sense (``-5 rps``, ``120 %``, ``RTO 0``); ``where`` is the
            words.

    >>> profile = read_words("checkout-api on EKS, 1200 rps, p99 250 ms, 99.95 %")
    >>> profile.value("system"), profile.value("platform"), profile.value("peak_rps")
    ('checkout-api', 'AWS EKS', 1200)
    """
    clean = sanitise(text)
    notes: list[str] = []
    kept = clean
    if len(clean) > LONGEST:
        kept = clean[:LONGEST]
        kept = kept[: max(kept.rfind(" "), kept.rfind("\n"), LONGEST // 2)]
        notes.append(
            f"only the first {len(kept):,} of {len(clean):,} characters were read; "
            "the rest was ignored"
        )
    tokens, assigned = read_assignments(tokenise(kept), kept)
    line = Reading(kept, read_quantities(read_items(tokens, notes)))
    for name in notes:
        line.note(name)
    line.said.extend(assigned)
    line.used.extend((said.start, said.end) for said in assigned)
    apply(line, readers())
    settle_counts(line)
    find_environments(line)
    leave_other_environments(line, free_items(line))
    keep_first_section(line, free_items(line))
    find_dependencies(line)
    find_regions(line)
    find_paths(line)
    system = find_system(line, chat=chat)
    if system is not None:
        name, start, end = system
        line.say("system", name, start, end)
        line.used.append((start, end))
        if current is not None and name != current.text("system"):
            current = None
    settle_changes(line, current)
    return _profile(line, settle(line), chat=chat)


def _profile(line: Reading, said: Iterable[Said], *, chat: bool) -> SystemProfile:
    profile = SystemProfile()
    for one in said:
        fact = Fact(one.value, "user", line.words(one.start, one.end))
        old = profile.get(one.field)
        if old is not None and one.weak:
            continue
        if old is not None and one.field in _LISTS:
            fact = _longer(old, fact)
            profile = replace(profile, facts={**profile.facts, one.field: fact})
            continue
        profile = profile.with_facts({one.field: fact})
    return replace(profile, unused=not_used(line, chat=chat), notes=tuple(line.notes))


def _longer(old: Fact, new: Fact) -> Fact:
    """Two facts about a list: both lists, both places."""
    values: dict[str, None] = {}
    for value in (old.value, new.value):
        values.update(dict.fromkeys(_items(value)))
    where = old.where if new.where in old.where else f"{old.where}, {new.where}"
    return Fact(tuple(values), "user", where)


def _items(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)
