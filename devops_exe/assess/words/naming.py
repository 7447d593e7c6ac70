"""What the words name without a pattern: the system, its environments, what it depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.words.items import Item, text_key
from devops_exe.assess.words.labels import BEHIND, SUFFIXES, VERBS, headed, labels
from devops_exe.assess.words.lexicon import words
from devops_exe.assess.words.no_names import (
    ASKED_FOR,
    CREWS,
    DETERMINERS,
    GENERIC,
    MEASURES,
    NO_NAME,
    OWNING,
    PLANNED,
    PLANS,
    PROSE,
)
from devops_exe.assess.words.products import ENVIRONMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.assess.words.reading import Reading

_ARTICLES = frozenset(("the", "a", "an", "der", "die", "das", "le", "la", "el", "un", "une", "ein",
                       "eine", "les", "los"))  # fmt: skip
_QUOTES = frozenset("\"'`“”„«»*")
_STOPS = frozenset(
    ("sep", "on", "per", "and", "or", "fill", "no", "named", "depends", "from", "to", "goto",
     "because", "product", "number", "doing")
)  # fmt: skip
_OF = frozenset(("de", "del", "des", "du"))
"""What joins the words of a name in other languages (``servicio de pagos``)."""
_POSSESSIVE = frozenset(("my", "our", "unser", "mon", "mi", "notre", "mein", "meine"))
_LONGEST_NAME = 60


def find_system(line: Reading, *, chat: bool) -> tuple[str, int, int] | None:
    """The name of the system with the offsets of its words, or None where none is named.

    ``called X`` names it anywhere; else the words at the beginning that are no requirement;
    else, in prose, ``for X``. In a chat only the first and the last count, and a name that is
    an ordinary word does not.
    """
    free = _free(line)
    meant = _meant(line, free) or _quoted(line, free)
    if meant is not None:
        return _text(line, [meant])
    for i, item in enumerate(line.items):
        if (item.has("named") or (not chat and labels(line.items, i))) and i + 1 < len(line.items):
            run = _run(line, free, i + 1)
            if run:
                return _text(line, run)
    if not chat:
        run = _leading(line, free)
        if run:
            return _text(line, run)
        run = _of_version(line, free)
        if run:
            return _text(line, run)
        alone = _by_suffix(line, free) or _by_verb(line, free)
        if alone is not None:
            return _text(line, [alone])
    for i, item in enumerate(line.items):
        if item.key in ("for", "für", "pour", "para") and free[i]:
            run = _run(line, free, i + 1)
            hyphened = any(item.kind == "name" for item in run)
            if run and (hyphened or not chat) and not _nameless(run):
                return _text(line, run)
    return None


def _meant(line: Reading, free: Sequence[bool]) -> Item | None:
    """``the plan is for ledger-api``: of several names the one that is asked for."""
    items = line.items
    for i in range(1, len(items) - 1):
        after = items[i + 1]
        if items[i].key != "for" or not free[i + 1] or not _named(after):
            continue
        near = [item.key for item in items[max(0, i - 2) : i]]
        if near[-1] in PLANS or (near[-1] in ("is", "only") and near[0] in PLANS):
            return after
    return None


def _quoted(line: Reading, free: Sequence[bool]) -> Item | None:
    """``the monolith "atlas"``: a name in quotes behind what it is."""
    items = line.items
    for i in range(1, len(items) - 2):
        if items[i].key in _QUOTES and items[i - 1].has("noun") and items[i + 2].key in _QUOTES:
            name = items[i + 1]
            if name.kind in ("word", "name") and free[i + 1] and not name.has("product"):
                return name
    return None


def _by_verb(line: Reading, free: Sequence[bool]) -> Item | None:
    """``our team maintains ledger-core``: the hyphenated name behind a verb of owning."""
    for i in range(1, len(line.items)):
        item = line.items[i]
        if not free[i] or not _named(item):
            continue
        k = i - 2 if i > 1 and line.items[i - 1].key in _ARTICLES | _POSSESSIVE else i - 1
        if line.items[k].key in OWNING or line.items[k].key in ASKED_FOR:
            return item
        if line.items[k].key == "of" and k and line.items[k - 1].key in PLANNED:
            return item
    return None


def free_items(line: Reading) -> list[bool]:
    """For each item whether nothing has used or listed it."""
    return _free(line)


def is_system_name(item: Item) -> bool:
    """Whether an item reads as the name of a system and as no requirement."""
    return _named(item) and item.key.rpartition("-")[2] in SUFFIXES | GENERIC


def _free(line: Reading) -> list[bool]:
    spans = sorted(line.used + line.listed)
    flags: list[bool] = []
    at = 0
    for item in line.items:
        while at < len(spans) and spans[at][1] <= item.start:
            at += 1
        flags.append(not (at < len(spans) and spans[at][0] < item.end))
    return flags


def _leading(line: Reading, free: Sequence[bool]) -> list[Item]:
    """The first run of free words: at the very beginning, or before ``on``."""
    i, skipped = 0, False
    items = line.items
    while i < len(items):
        heading = headed(items, i)
        if heading > i:
            i, skipped = heading, True
            continue
        if not free[i]:
            i, skipped = i + 1, True
        elif items[i].key in BEHIND:
            return _before_on(line, free)
        elif (
            (items[i].key in ASKED_FOR and i + 1 < len(items) and not items[i + 1].has("sep"))
            or items[i].key in _ARTICLES
            or items[i].key in _QUOTES | {"-", "•", "*", "|", "#", ">", "["}
        ):
            i += 1
        else:
            break
    if i >= len(items) or items[i].key in PROSE:
        return _before_on(line, free)
    run = _run(line, free, i)
    measured = run and (run[-1].key in MEASURES or run[0].has(*_REQUIRED))
    if _is_verb(line, run) or measured:
        return _before_on(line, free)
    if run and run[0].key in CREWS:
        return []
    if not run or (_nameless(run) and (skipped or len(run) > 1 or run[0].key not in GENERIC)):
        return _before_on(line, free)
    end = items.index(run[-1]) + 1
    if _nameless(run) and end < len(items) and free[end] and not items[end].has("on", "sep"):
        return _before_on(line, free)
    followed = end >= len(items) or items[end].has("on", "sep") or not free[end]
    if skipped and not (end < len(items) and items[end].has("on", "fill") and free[end]) and not (
        end >= len(items) and any(item.kind == "name" for item in run)
    ):  # fmt: skip
        return _before_on(line, free)
    goes_on = followed or items[end].has("fill", "and", "no", "per", "depends", "doing")
    return run if goes_on or items[end].key in VERBS else []


_REQUIRED = ("p99", "p95", "pother", "rto", "rpo", "objective", "budget", "nines", "sep")


def _is_verb(line: Reading, run: Sequence[Item]) -> bool:
    """``validate the new pricing``: one plain small word before an article is a verb."""
    if len(run) != 1 or run[0].kind != "word" or line.text[run[0].start].isupper():
        return False
    end = line.items.index(run[0]) + 1
    return end < len(line.items) and line.items[end].key in DETERMINERS


def _of_version(line: Reading, free: Sequence[bool]) -> list[Item]:
    """``v1.2.3 of shop``: the name behind a release that was understood."""
    items = line.items
    for i in range(1, len(items) - 1):
        released = items[i - 1].kind in ("version", "number") and not free[i - 1]
        if released and items[i].key in ("of", "for") and line.has("version"):
            run = _run(line, free, i + 1)
            if run and not _nameless(run):
                return run
    return []


def _by_suffix(line: Reading, free: Sequence[bool]) -> Item | None:
    """``canary checkout-api v3.2.0``: the one free name that ends as services' names do."""
    named: dict[str, Item] = {}
    for i, item in enumerate(line.items):
        if item.kind == "name" and free[i] and item.key.rpartition("-")[2] in SUFFIXES and not (
            item.key in NO_NAME or (i and line.items[i - 1].key in BEHIND)
        ):  # fmt: skip
            named[item.key] = item
    return next(iter(named.values())) if len(named) == 1 else None


def _before_on(line: Reading, free: Sequence[bool]) -> list[Item]:
    """``deploy checkout-api on EKS``: a hyphenated name right before ``on``."""
    items = line.items
    for i in range(1, len(items)):
        if items[i].has("on") and free[i] and free[i - 1] and _named(items[i - 1]):
            return [items[i - 1]]
    for i, item in enumerate(items):
        if item.key in _POSSESSIVE and i + 1 < len(items) and free[i + 1]:
            run = _run(line, free, i)
            if len(run) > 1 and not _nameless(run[1:]):
                return run
    return []


def _named(item: Item) -> bool:
    return item.kind == "name" and item.key not in NO_NAME


def _run(line: Reading, free: Sequence[bool], i: int) -> list[Item]:
    """Free words from item ``i`` on, articles and quotes at the front left out."""
    items = line.items
    while i < len(items) and (items[i].key in _ARTICLES or items[i].key in _QUOTES | {":", "="}):
        i += 1
    run: list[Item] = []
    while i < len(items) and free[i] and len(run) < 6:
        item = items[i]
        possessive = not run and item.key in _POSSESSIVE
        if run and item.key in _OF and i + 1 < len(items) and free[i + 1] and (
            items[i + 1].kind in ("word", "name") and not items[i + 1].has("product", *_STOPS)
        ):  # fmt: skip
            run.append(item)
            i += 1
            continue
        if item.kind not in ("word", "name", "path") or (item.has(*_STOPS) and not possessive):
            break
        if (item.kind == "path" and not run) or (item.key in VERBS and item.kind == "word"):
            break
        run.append(item)
        i += 1
    while run and run[-1].key in _POSSESSIVE:
        run.pop()
    if len(run) == 6 and not any(item.kind == "name" for item in run):
        return []
    return run


def _nameless(run: Sequence[Item]) -> bool:
    """Whether every word is a generic one, or one that only speaks of requirements."""
    return all(
        item.key in NO_NAME
        or item.has("env")
        or item.key in GENERIC
        or item.key in PROSE
        or not item.classes <= _NAMEABLE
        for item in run
        if item.key not in _POSSESSIVE
    )


_NAMEABLE = frozenset(("word", "name", "req", "adj", "data", "size", "restore", "env", "noun",
                       "shortreq", "budget"))  # fmt: skip


def _text(line: Reading, run: Sequence[Item]) -> tuple[str, int, int]:
    start, end = run[0].start, run[-1].end
    return " ".join(line.text[start:end].split())[:_LONGEST_NAME], start, end


def find_environments(line: Reading) -> None:
    """``dev, staging and prod``: two environments or more in a row, or a labelled list."""
    free = _free(line)
    items = line.items
    i = 0
    while i < len(items):
        if not (items[i].has("env") and free[i]):
            i += 1
            continue
        run, j = [items[i]], i + 1
        while j < len(items):
            k = j
            while k < len(items) and k - j < 3 and _joint(items[k]):
                k += 1
            if not (k > j and k < len(items) and items[k].has("env") and free[k]):
                break
            run.append(items[k])
            j = k + 1
        if len(run) > 1 and j < len(items) and items[j].key in _STATES:
            run.pop()  # ``fine for dev, prod needs three`` lists nothing
        labelled = (i and _label(items[i - 1])) or (
            i > 1 and _label(items[i - 2]) and items[i - 1].key in (":", "=", "are")
        )
        if len(run) > 1 or labelled:
            names = tuple(dict.fromkeys(ENVIRONMENTS[item.key] for item in run))
            line.say("environments", names, run[0].start, run[-1].end)
            line.used.append((run[0].start, run[-1].end))
        i = max(j, i + 1)


_STATES = words("needs need has gets runs wants requires have must should")


def _label(item: Item) -> bool:
    return item.has("environment")


def _joint(item: Item) -> bool:
    return item.has("and", "to") or item.key in (",", "/", "-", "→", "->", "|", ">", "a", "the")


def find_dependencies(line: Reading) -> None:
    """``depends on the payments API and auth``: names behind a word of dependence."""
    items = line.items
    free = _free(line)
    done = 0
    for i, item in enumerate(items):
        if item.start < done or not item.has("depends") or not free[i]:
            continue
        names: list[str] = []
        j, end = i + 1, item.end
        while j < len(items):
            while j < len(items) and free[j] and (
                items[j].key in _ARTICLES or items[j].key in (":", "=", "our", "my", "on", "its")
            ):  # fmt: skip
                j += 1
            run = _run(line, free, j)
            if run and not (_nameless(run) and len(run) == 1):
                names.append(text_key(line.text[run[0].start : run[-1].end]))
                end = run[-1].end
                j = items.index(run[-1]) + 1
            elif j < len(items) and items[j].has("product") and not free[j]:
                j += 1
            else:
                break
            j = _past_bracket(line, j)
            if j < len(items) and (items[j].key == "," or items[j].has("and")):
                j += 2 if j + 1 < len(items) and items[j + 1].has("and") else 1
            else:
                break
        if names:
            line.say("dependencies", tuple(names), item.start, end)
            line.used.append((item.start, end))
            done = end


def _past_bracket(line: Reading, j: int) -> int:
    """Skips ``(99.99%)`` behind a dependency; its figures are the dependency's own."""
    items = line.items
    if j >= len(items) or items[j].key != "(":
        return j
    close = next((k for k in range(j, min(j + 12, len(items))) if items[k].key == ")"), None)
    if close is None:
        return j
    start, end = items[j].start, items[close].end
    theirs = [one for one in line.said if start <= one.start < end]
    line.listed += [(one.start, one.end) for one in theirs]
    line.said = [one for one in line.said if one not in theirs]
    return close + 1


def find_regions(line: Reading) -> None:
    """Regions by name: two or more are a number of regions; each implies its provider."""
    named = [item for item in line.items if item.kind == "region"]
    distinct = dict.fromkeys(
        item.key[:-1] if item.key[-1].isalpha() and item.key[-2].isdigit() else item.key
        for item in named
    )
    for item in named:
        aws = item.key.split("-")[-1][0].isdigit()
        line.say("provider", "aws" if aws else "gcp", item.start, item.end, weak=True)
    if len(distinct) > 1:
        line.say("regions", len(distinct), named[0].start, named[-1].end, weak=True)


def find_paths(line: Reading) -> None:
    """A path that names health is the health path."""
    for item in line.items:
        if item.kind == "path" and any(
            word in item.key for word in ("health", "ready", "live", "ping", "status")
        ):
            line.say("health_path", line.text[item.start : item.end].rstrip("."), item.start,
                     item.end)  # fmt: skip
            line.used.append((item.start, item.end))
