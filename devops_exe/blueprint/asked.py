"""Which figure is meant: a name, a ledger reference, a path of the document, or a fact."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from devops_exe.blueprint.draft import Context, draft
from devops_exe.blueprint.figures import NAMED, ROLLOUT, Named, Place
from devops_exe.blueprint.quote import marks
from devops_exe.design import tables
from devops_exe.design.assignment import ALIASES
from devops_exe.design.fields import label, stem
from devops_exe.design.ledger import look_up
from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.design.ledger import Entry, Ledger
    from devops_exe.design.plan import Plan

_REFERENCE = re.compile(r"[lL]([1-9]\d*)(?:\.(.+))?")
_PATH = re.compile(r"[a-z_]+(?:\.[a-z_]+|\[\d+\])+")
_NOISE = re.compile(r"^(?:why|is|are|the|this|that|my|our|so|a|an|of|how|what|many|much)\s+")


@dataclass(frozen=True, slots=True)
class Subject:
    """What to explain: an output of an entry.

    Attributes:
        name: as printed.
        entry: id of the entry.
        place: role, output, style.
        named: the row of the table; None for any other output.
    """

    name: str
    entry: str
    place: Place
    named: Named | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """What to explain: a fact or an assumption that the document prints."""

    field: str


@dataclass(frozen=True, slots=True)
class Text:
    """What to explain: a field of the document with the figures in it."""

    path: str
    text: str
    subjects: tuple[Subject | Stated, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A dossier with what is needed to find a figure in it.

    Attributes:
        dossier: the document.
        ledger: its entries.
        plan: the plan that gives exactly these entries.
        current: whether the plan's figures are the ledger's.
    """

    dossier: Dossier
    ledger: Ledger
    plan: Plan
    current: bool

    @property
    def ids(self) -> Mapping[str, str]:
        """Role to entry."""
        return self.plan.ids

    def path(self, text: str) -> str:
        """An output with the strategy and the alerts put in."""
        names = {
            "{S}": self.plan.choice.strategy,
            "{A}": str(self.plan.outage_alert or 0),
            "{G}": str(self.plan.gray_alert or 0),
        }
        for mark, name in names.items():
            text = text.replace(mark, name)
        return text

    def role_of(self, entry: Entry) -> str:
        """What an entry is for; empty where the plan does not say."""
        return next((role for role, name in self.ids.items() if name == entry.id), "")


def find(book: Book, words: str) -> Subject | Stated | Text:
    """What ``words`` ask for.

    Raises:
        UserError: nothing is called so, or this plan has no such figure.
    """
    text = " ".join(words.split()).rstrip("?!. ")
    if not text:
        raise UserError("no figure is named", where="/why", fix=_list(book))
    if match := _REFERENCE.fullmatch(text):
        return _of_reference(book, f"L{match[1]}", match[2])
    if _PATH.fullmatch(text) or text == "footer":
        return _of_path(book, text)
    plain = text.casefold().replace("_", " ").replace("’", "'")
    while (shorter := _NOISE.sub("", plain)) != plain:
        plain = shorter
    return _of_words(book, plain, text)


def _of_words(book: Book, plain: str, text: str) -> Subject | Stated | Text:
    names = _names(book)
    if plain in names:
        return _resolved(book, names[plain])
    inside = [
        name for name in names if len(name) > 2 and re.search(rf"\b{re.escape(name)}\b", plain)
    ]
    if inside:
        return _resolved(book, names[max(inside, key=len)])
    from devops_exe.ground.near import nearest

    near = nearest(plain, names)
    hint = f"did you mean {near}? " if near else ""
    raise UserError(
        f"no figure is called {text[:60]!r}",
        where="/why",
        fix=f"{hint}{_list(book)}",
        code="unknown_figure",
    )


def _names(book: Book) -> dict[str, Named | str]:
    """Every word that names a figure or a fact; figures win."""
    found: dict[str, Named | str] = {}
    fields = [name for name, _ in book.plan.profile]
    for name in (*fields, *tables.table("assumptions")):
        for word in (name.replace("_", " "), label(name).casefold(), stem(name)):
            found.setdefault(word, name)
    for word, name in ALIASES.items():
        found.setdefault(word.replace("_", " "), name)
    for named in NAMED:
        for word in (named.name.casefold(), *named.aliases):
            found[word] = named
    return found


def _list(book: Book) -> str:
    names = [
        n.name for n in NAMED if n.name == "rollout" or any(p.role in book.ids for p in n.places)
    ]
    return (
        f"ask for {', '.join(names)}; for an input by its name, such as startup_seconds; for an "
        f"entry, such as L1; or for a field of the document, such as rollback.rto"
    )


def _resolved(book: Book, wanted: Named | str) -> Subject | Stated | Text:
    if isinstance(wanted, str):
        return Stated(wanted)
    if wanted.name == "rollout":
        name = ROLLOUT[book.plan.choice.strategy]
        return _resolved(book, next((n for n in NAMED if n.name == name), name))
    fact = book.plan.profile.get(wanted.stated)
    if fact is not None and fact.origin != "assumption":
        return Stated(wanted.stated)
    for place in wanted.places:
        if place.role in book.ids:
            return _subject(book, wanted, place)
    if wanted.without and (last := wanted.without[-1]) in tables.table("assumptions"):
        return Stated(last)
    raise UserError(
        f"this plan has no {wanted.name}",
        where="/why",
        fix=_missing(book, wanted),
        code="unknown_figure",
    )


def _missing(book: Book, wanted: Named) -> str:
    if wanted.without:
        return f"state {' and '.join(wanted.without)} for it"
    return f"its strategy is {book.plan.choice.strategy}; {_list(book)}"


def _subject(book: Book, named: Named, place: Place) -> Subject:
    place = replace(place, path=book.path(place.path))
    return Subject(named.name, book.ids[place.role], place, named)


def _of_reference(book: Book, entry_id: str, path: str | None) -> Subject:
    entry = book.ledger.entry(entry_id)
    role = book.role_of(entry)
    if path is None:
        for named in NAMED:
            for place in named.places:
                if place.role == role:
                    return _subject(book, named, place)
        path = next(iter(entry.outputs))
    book.ledger.value(f"{entry_id}.{path}")
    for named in NAMED:
        for place in named.places:
            if place.role == role and book.path(place.path) == path:
                return _subject(book, named, place)
    return Subject(f"{entry_id}.{path}", entry_id, Place(role, path, "text"))


def _of_path(book: Book, path: str) -> Subject | Stated | Text:
    printed = _printed(book.dossier.document(), path)
    if printed is None:
        known = ", ".join(list(book.dossier.figures)[:12])
        raise UserError(
            f"the document has no field {path}",
            where="/why",
            fix=f"its fields with figures are {known} …",
            code="unknown_figure",
        )
    quoted = _quoted(book, path)
    subjects = tuple(
        Stated(reference.removeprefix("profile:"))
        if reference.startswith("profile:")
        else _of_reference(book, *_parted(reference))
        for reference in dict.fromkeys(quoted)
    )
    if isinstance(printed, str):
        return Text(path, printed, subjects)
    return subjects[0] if subjects else Text(path, str(printed), ())


def _parted(reference: str) -> tuple[str, str]:
    entry, _, path = reference.partition(".")
    return entry, path


def _quoted(book: Book, path: str) -> tuple[str, ...]:
    """The references of a field: the ledger's as printed, facts as the draft quotes them."""
    references = book.dossier.figures.get(path, ())
    drafted = look_up(draft(Context(book.plan, book.dossier.kind), ""), path)
    if isinstance(drafted, str):
        facts = tuple(one for one in marks(drafted) if one.startswith("profile:"))
        return (*references, *facts)
    return references


def _printed(document: Mapping[str, object], path: str) -> object:
    found = look_up(document, path)
    if isinstance(found, dict) and "text" in found and "unit" in found:
        return cast("dict[str, object]", found)
    if isinstance(found, str | int) and not isinstance(found, bool):
        return found if isinstance(found, str) else f"{found:,}"
    return None
