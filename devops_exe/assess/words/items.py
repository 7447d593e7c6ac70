"""From tokens to items: known phrases, products and names, each with its classes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe.assess.words.lexicon import phrase_key, phrases, words
from devops_exe.assess.words.products import ENVIRONMENTS, ORDINARY, Product, products
from devops_exe.assess.words.spelling import MISSPELT, mend, mend_strategy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from devops_exe.assess.words.tokens import Token

_LONGEST = 6
"""Words of the longest phrase in the tables."""

_NOUNED = words("go node swift rust spring express react celery gin dart remix")
"""Everyday words that a noun behind them makes a product (``go service``)."""
_NONE: frozenset[str] = frozenset()


class Item:
    """What the grammar's patterns match: a word, phrase, product or quantity.

    Attributes:
        kind: word, name, number, product, opaque, version, region, path, sep or a quantity's
            kind (rate, dur, bytes, cpu, money, pct, period, freq).
        classes: the classes of the lexicon, and the kind.
        key: the phrase in lower case, blanks for hyphens.
        start, end: offsets in the line.
        value: of a number or quantity, in the base unit of its kind.
        low: lower end of a range, else None.
        period: seconds of a rate's, frequency's or sum's period, 0 where none was said.
        unit: the unit as written, lower case.
        worded: the number was written in words.
        product: the product named, else None.
        glued: no blank before it.
    """

    __slots__ = (
        "classes",
        "end",
        "glued",
        "key",
        "kind",
        "low",
        "period",
        "product",
        "start",
        "unit",
        "value",
        "worded",
    )

    def __init__(
        self,
        kind: str,
        key: str,
        start: int,
        end: int,
        classes: frozenset[str] = _NONE,
        *,
        value: float = 0.0,
        glued: bool = False,
        product: Product | None = None,
    ) -> None:
        self.kind = kind
        self.key = key
        self.start = start
        self.end = end
        self.classes = classes | {kind}
        self.value = value
        self.low: float | None = None
        self.period = 0.0
        self.unit = ""
        self.worded = False
        self.product = product
        self.glued = glued

    def has(self, *names: str) -> bool:
        """Whether the item is of one of these classes."""
        return not self.classes.isdisjoint(names)


_SEPARATORS = frozenset((",", ";", ".", "!", "?", "•", "·", "|", "→", "->", "—", "=>"))


def read_items(tokens: Sequence[Token], notes: list[str]) -> list[Item]:
    """The items of a line; ``notes`` receives a sentence for each spelling that was mended."""
    names = _compound_names(tokens)
    found: list[Item] = []
    i = 0
    while i < len(tokens):
        if i in names:
            first, last = tokens[i], tokens[names[i]]
            text = "-".join(t.text for t in tokens[i : names[i] + 1] if t.text != "-")
            found.append(Item("name", text.casefold(), first.start, last.end, glued=first.glued))
            i = names[i] + 1
            continue
        phrase = _phrase(tokens, i, stop=names)
        if phrase is None and _numbering(tokens, i):
            found.append(Item("sep", "•", tokens[i].start, tokens[i + 1].end))
            i += 2
            continue
        phrase = phrase or _mended_phrase(tokens, i, names, notes)
        if phrase is None:
            found.append(_single(tokens, i, notes))
            i += 1
        else:
            item, i = phrase
            found.append(item)
            if item.key in MISSPELT:
                notes.append(f"'{item.key}' is read as '{MISSPELT[item.key]}'")
    return found


def _numbering(tokens: Sequence[Token], i: int) -> bool:
    """``1. orders-api``: the number of a list's entry, at the beginning of its line."""
    if tokens[i].kind != "number" or len(tokens[i].text) > 2 or i + 2 >= len(tokens):
        return False
    first = i == 0 or tokens[i - 1].kind == "newline"
    mark, after = tokens[i + 1], tokens[i + 2]
    return first and mark.glued and mark.text in (".", ")") and not after.glued


def _mended_phrase(
    tokens: Sequence[Token], i: int, names: dict[int, int], notes: list[str]
) -> tuple[Item, int] | None:
    """A phrase of several words whose first is misspelt (``availabilty zones``)."""
    token = tokens[i]
    meant = mend(token.text.casefold()) if token.kind == "word" else None
    if meant is None:
        return None
    near = [token._replace(text=meant), *tokens[i + 1 : i + 2 * _LONGEST]]
    read = _phrase(near, 0, stop=[k - i for k in range(i + 1, i + len(near)) if k in names])
    if read is None or read[1] < 2:
        return None
    notes.append(f"'{token.text}' is read as '{meant}'")
    return read[0], i + read[1]


def _phrase(tokens: Sequence[Token], i: int, stop: Iterable[int]) -> tuple[Item, int] | None:
    """The longest known phrase that begins at token ``i``, with where it ends."""
    first = tokens[i]
    if first.kind not in ("word", "number", "sign") or (
        first.kind == "number" and not first.text.isdigit()
    ):
        return None
    words: list[str] = []
    best: tuple[int, str] | None = None
    for j in range(i, min(len(tokens), i + 2 * _LONGEST - 1)):
        token = tokens[j]
        if token.kind == "sign" and token.text in "-/&" and j - i > 0:
            continue
        if token.kind not in ("word", "number") and not (j == i and token.kind == "sign"):
            break
        if j in stop:
            break
        words.append(token.text.casefold().replace("’", "'"))
        if len(words) > _LONGEST:
            break
        key = " ".join(words).replace("_", " ") if j > i else words[0]
        if _known(key, tokens, i, j) and not (first.kind == "number" and j == i):
            best = (j, key)
    if best is None:
        return None
    last, key = best
    return _item(key, tokens, i, last), last + 1


def _known(key: str, tokens: Sequence[Token], i: int, j: int) -> bool:
    if key == "a b" and not any(t.text in ("/", "-") for t in tokens[i : j + 1]):
        return False
    if key in phrases() or key in ENVIRONMENTS:
        return True
    return key in products() and (key not in ORDINARY or _certain(key, tokens, i, j))


def _certain(key: str, tokens: Sequence[Token], i: int, j: int) -> bool:
    """Whether an everyday word is meant as the product of that name."""
    before = tokens[i - 1] if i else None
    after = tokens[j + 1] if j + 1 < len(tokens) else None
    if before is not None and before.kind == "number" and key == "node":
        return False
    if after is not None and after.text == ":" and after.glued and j + 2 < len(tokens) and (
        tokens[j + 2].glued and tokens[j + 2].kind in ("number", "version")
    ):  # fmt: skip
        return True  # ``node:20-alpine``: an image and its tag
    if after is not None and (
        after.kind in ("number", "version") or (key in _NOUNED and _noun(after))
    ):
        return True
    if key == "go" and not _with_go(before, after):
        return False
    if key in _NOUNED and after is not None and _plainly(after.text.casefold()):
        return True
    closed = after is None or after.text in (",", ";", ".", "/", "and", "+", ")", "&", "on", "with")
    opened = before is None or before.text.casefold() in (
        ",", ";", "/", "in", "with", "using", "and", "+", "&", "(", ":", "on", "a", "=",
    )  # fmt: skip
    capital = tokens[i].text[:1].isupper()
    if capital and i:
        return closed or before is None or not _continues(after)
    if before is None and not capital and j + 2 < len(tokens):
        listed = tokens[j + 1].text in ("/", ",", "+", "and", "&")
        return listed and tokens[j + 2].text.casefold() in products()
    return (
        closed and opened and (i > 0 or after is not None) and not (before is None and not capital)
    )


def _plainly(key: str) -> bool:
    """Whether a word names a product and nothing else (``rust axum``, ``celery redis``)."""
    return key in products() and key not in ORDINARY and key not in phrases()


def _with_go(before: Token | None, after: Token | None) -> bool:
    """``go with 4 nines`` and ``go to GKE`` say no language; ``in Go with Gin`` does."""
    if after is None or after.text.casefold() not in ("with", "to", "for", "on", "back", "live"):
        return True
    return before is not None and before.text.casefold() in ("in", "using", "and", "+", "/", "&")


def _noun(token: Token) -> bool:
    return "noun" in phrases().get(token.text.casefold(), _NONE)


def _continues(token: Token | None) -> bool:
    """Whether a capitalised word goes on: ``Express Checkout`` is a name of its own."""
    return token is not None and token.kind == "word" and token.text[:1].isupper()


def _item(key: str, tokens: Sequence[Token], i: int, j: int) -> Item:
    first, last = tokens[i], tokens[j]
    classes = set(phrases().get(key, _NONE))
    product = products().get(key)
    if product is not None and key in ORDINARY and not _certain(key, tokens, i, j):
        product = None
    if key in ENVIRONMENTS:
        classes.add("env")
    if key in _SEPARATORS:
        classes.add("sep")
    if product is not None:
        classes.add("product")
        classes.update(name for name in _PRODUCT_CLASSES if product.says(name))
    kind = "sep" if key in _SEPARATORS else "word"
    return Item(kind, key, first.start, last.end, frozenset(classes), glued=first.glued,
                product=product)  # fmt: skip


_PRODUCT_CLASSES = ("datastores", "strategy", "platform", "orchestrator", "provider", "language")


def _single(tokens: Sequence[Token], i: int, notes: list[str]) -> Item:
    token = tokens[i]
    key = token.text.casefold()
    if token.kind == "number":
        return Item("number", key, token.start, token.end, value=token.value, glued=token.glued)
    if token.kind == "newline" or key in _SEPARATORS:
        return Item("sep", key, token.start, token.end, glued=token.glued)
    if token.kind == "word":
        product = _versioned(key) if key[-1].isdigit() else None
        if product is not None:
            classes = [name for name in _PRODUCT_CLASSES if product.says(name)]
            return Item("word", key, token.start, token.end, frozenset(("product", *classes)),
                        glued=token.glued, product=product)  # fmt: skip
        meant = mend(key) or (mend_strategy(key) if _strategy_place(tokens, i) else None)
        if meant is not None:
            notes.append(f"'{token.text}' is read as '{meant}'")
            known = _item(meant, tokens, i, i)
            known.end = token.end
            return known
    return Item(token.kind, key, token.start, token.end, glued=token.glued)


def _strategy_place(tokens: Sequence[Token], i: int) -> bool:
    """``X for shop``, ``X strategy``, ``strategy: X``: where only a strategy stands."""
    after = tokens[i + 1].text.casefold() if i + 1 < len(tokens) else ""
    k = i - 2 if i and tokens[i - 1].text in (":", "=") else i - 1
    before = tokens[k].text.casefold() if k >= 0 else ""
    return (after == "for" and i <= 1) or "strategy" in (before, after)


def _versioned(key: str) -> Product | None:
    """The product that a version is glued to (``python3.12``), no everyday word but languages."""
    name = key.rstrip("0123456789.")
    product = products().get(name) or products().get(name.removesuffix("v"))
    if product is None or (name in ORDINARY and not product.says("language")):
        return None
    return product if product.effects else None


def _compound_names(tokens: Sequence[Token]) -> dict[int, int]:
    """Hyphenated names that are no phrase of the tables: first token → last token."""
    names: dict[int, int] = {}
    i = 0
    while i < len(tokens):
        j = i
        while (
            j + 2 < len(tokens)
            and tokens[j + 1].text in ("-", "_")
            and tokens[j + 1].glued
            and tokens[j + 2].glued
            and tokens[j + 2].kind in ("word", "number", "version")
        ):
            j += 2
        suffix = i > 0 and tokens[i].glued and tokens[i - 1].kind == "number"
        if j > i and tokens[i].kind == "word" and not suffix and _is_name(tokens[i : j + 1]):
            names[i] = j
        i = j + 1
    return names


def _is_name(tokens: Sequence[Token]) -> bool:
    parts = [token for token in tokens if token.text not in ("-", "_")]
    words = [part.text.casefold() for part in parts]
    if phrase_key(" ".join(words)) in phrases() or " ".join(words) in products():
        return False
    table, goods = phrases(), products()
    mended = " ".join(mend(word) or word if word not in table else word for word in words)
    if mended in table or mended in goods:
        return False
    if parts[0].kind != "word" or words[0].startswith(("p99", "p95")):
        return False
    if any(part.kind != "word" for part in parts):
        return not (words[0] in table and table[words[0]] & _BEFORE_NUMBERS)
    known = [
        word in table or word in ENVIRONMENTS or (word in goods and word not in ORDINARY)
        for word in words
    ]
    if not all(known) or any("noun" in table.get(word, _NONE) for word in words):
        return True
    if any(word in goods for word in words):
        allowed = all(
            word in goods or "suffix" in table.get(word, _NONE) or word in ENVIRONMENTS
            or word in ("deploy", "update", "release", "deployment", "strategy", "cluster")
            for word in words
        )  # fmt: skip
        return not allowed
    return False


_BEFORE_NUMBERS = frozenset(
    ("min", "max", "sub", "p99", "p95", "rto", "rpo", "peak", "avg", "port", "objective")
)


def text_key(text: str) -> str:
    """An identifier: lower case, blanks and underscores as hyphens.

    >>> text_key("Payments API")
    'payments-api'
    """
    return re.sub(r"[\s_]+", "-", text.strip().casefold())
