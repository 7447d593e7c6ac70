"""What somebody may have meant: the one measure behind every *did you mean*."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, names: Iterable[str], share: float = 0.6) -> str | None:
    """The name that a mistyped word means: one that it alone begins, or the closest.

    Names within two slips (one letter more, less, other, or two exchanged) are the closest;
    words under six letters may hold one slip only, as ``ask`` is two from ``as`` and from
    ``task``. Failing that, a long word may share most of its letters with a name (Ratcliff and
    Obershelp's measure, :mod:`difflib`, at least ``share``), which finds ``start_up_seconds``.

    >>> nearest("pipline", ["pipeline", "deploy"]), nearest("eng", ["engine", "model"])
    ('pipeline', 'engine')
    >>> nearest("xyz", ["engine", "model"])
    """
    known = list(names)
    begins = [name for name in known if word and name.startswith(word)]
    if len(begins) == 1:
        return begins[0]
    return within_two(word, known) or _alike(word, known, share)


def within_two(word: str, names: Iterable[str]) -> str | None:
    """The name within an edit distance of two (of one for words under six letters).

    >>> within_two("sclae", ["scale"]), within_two("scale", ["scale"]), within_two("no", ["go"])
    ('scale', None, 'go')
    """
    best: tuple[int, str] | None = None
    for name in names:
        most = 2 if min(len(word), len(name)) >= _LONG else 1
        distance = edit_distance(word, name, most)
        if 0 < distance <= most and (best is None or distance < best[0]):
            best = (distance, name)
    return best[1] if best else None


_LONG = 6


def _alike(word: str, names: list[str], share: float) -> str | None:
    if len(word) < _LONG:
        return None
    from difflib import get_close_matches

    found = get_close_matches(word, names, n=1, cutoff=share)
    return found[0] if found else None


def edit_distance(a: str, b: str, most: int) -> int:
    """Damerau-Levenshtein distance (optimal string alignment), ``most + 1`` when above.

    >>> edit_distance("pipline", "pipeline", 2), edit_distance("sclae", "scale", 2)
    (1, 1)
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        now = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]
