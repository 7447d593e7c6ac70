"""The five strategies by name, and what to say to a sixth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.assess.words.items import read_items
from devops_exe.assess.words.lexicon import words
from devops_exe.assess.words.no_names import PROSE
from devops_exe.assess.words.tokens import tokenise
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.assess.words.items import Item

FIVE: tuple[str, ...] = ("Blue-Green", "Canary", "Rolling", "Recreate", "A/B Testing")
"""The strategies, by their printed names."""

OTHERS: dict[str, str] = {
    "shadow": "Canary", "shadowing": "Canary", "shadow traffic": "Canary",
    "shadow deployment": "Canary", "dark launch": "A/B Testing", "dark launching": "A/B Testing",
    "mirrored": "Canary", "mirroring": "Canary", "traffic mirroring": "Canary",
    "ramped": "Rolling", "ramp": "Rolling", "incremental": "Rolling", "phased": "Canary",
    "staged": "Canary", "gradual": "Canary", "progressive": "Canary", "linear": "Canary",
    "big bang": "Recreate", "bigbang": "Recreate", "all at once": "Recreate",
    "in place": "Recreate", "inplace": "Recreate", "replace": "Recreate", "highlander": "Recreate",
    "immutable": "Blue-Green", "rainbow": "Blue-Green", "ring": "Canary", "rings": "Canary",
    "ring based": "Canary", "ondelete": "Recreate", "on delete": "Recreate",
    "multivariate": "A/B Testing", "feature toggle": "A/B Testing", "hot swap": "Blue-Green",
    "swap": "Blue-Green", "slot swap": "Blue-Green", "blue": "Blue-Green", "green": "Blue-Green",
    "parallel": "Blue-Green", "serial": "Rolling", "batch": "Rolling", "bake": "Canary",
}  # fmt: skip
"""Names of other strategies, and the nearest of the five."""

_LABELS = frozenset(("strategy", "type", "stratégie", "strategie", "estrategia"))
_NOUNS = frozenset(("strategy", "deployment", "deploy", "release", "rollout", "deployments"))


def check_strategy_word(text: str) -> None:
    """Refuse a strategy that is not among the five (for the words after ``deploy``).

    Raises:
        UserError: the words name another strategy; the five are listed, the nearest is offered.

    >>> check_strategy_word("canary")
    >>> check_strategy_word("shadow")
    Traceback (most recent call last):
    devops_exe.ground.errors.UserError: 'shadow' is not one of the five strategies
    """
    tokens = tokenise(text[:2000])
    items = read_items(tokens, [])
    if any(item.has("strategy") for item in items):
        return
    words = [token.text.casefold() for token in tokens]
    _check_place(text, items)
    plain = " ".join(word for word in words if word not in ("-", "/", "_"))
    for name in sorted(OTHERS, key=len, reverse=True):
        begins = plain == name or plain.startswith((f"{name} ", f"{name},"))
        if begins and _named(plain, name):
            _refuse(text, name, OTHERS[name])
    for i, word in enumerate(words):
        if word in _LABELS and i + 1 < len(words):
            j = i + 2 if words[i + 1] in (":", "=", "is") else i + 1
            if j < len(words) and words[j].isalpha() and (j == i + 2 or words[j] in OTHERS):
                _refuse(text, words[j], OTHERS.get(words[j]))
        if word == "strategy" and i and words[i - 1].isalpha() and words[i - 1] not in _OPEN:
            _refuse(text, words[i - 1], OTHERS.get(words[i - 1]))


_ASKED = words("deploy release ship run roll use")
_WORK = words(
    "update upgrade hotfix fix patch feature features change changes config dockerfile manifest"
    " manifests chart charts script scripts capacity monitoring alerts runbook rollback"
)
"""What is made for a system and is no strategy."""
_ANYBODY = words("me us my our the a an customers users everyone all production prod staging it")


def _check_place(text: str, items: Sequence[Item]) -> None:
    """``frobnicate for shop``: an unknown word where only a strategy stands."""
    rest = items[1:] if items and items[0].key in _ASKED else items
    if len(rest) < 3 or rest[1].key != "for":
        return
    word, name = rest[0], rest[2]
    unknown = word.kind == "word" and len(word.classes) == 1 and word.key.isalpha()
    named = name.kind in ("word", "name") and not name.has("product", "env")
    if unknown and word.key not in PROSE | _WORK and named and name.key not in _ANYBODY:
        _refuse(text, word.key, None)


_OPEN = words(
    "the a an any best which what right good better safest deployment release rollout our my"
    " cheapest recommended default current your this that no"
)


def _named(plain: str, name: str) -> bool:
    """Whether the name stands as a strategy: alone, before a comma, or before its noun."""
    rest = plain[len(name) :].strip()
    return not rest or rest.startswith((",", "on ", "with ", "for ")) or rest.split()[0] in _NOUNS


def _refuse(text: str, word: str, nearest: str | None) -> None:
    meant = nearest or _closest(word)
    hint = f"; did you mean {meant}?" if meant else ""
    raise UserError(
        f"'{word}' is not one of the five strategies",
        where=" ".join(text.split())[:80],
        fix=f"name one of {', '.join(FIVE)}{hint}",
        code="unknown_strategy",
    )


def _closest(word: str) -> str | None:
    from devops_exe.ground.near import nearest

    names = {name.casefold(): name for name in FIVE}
    found = nearest(word, names, 0.5)
    return names[found] if found else None
