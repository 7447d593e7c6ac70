"""Sessions: listing, going on, copying, naming."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.agent.session import Session
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import cut, pad
from devops_exe.terminal.commands import Reply
from devops_exe.terminal.record import here
from devops_exe.terminal.view.wrap import STACKED, paragraphs, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devops_exe.agent.store import SessionLine
    from devops_exe.terminal.app import App


def sessions(app: App, arguments: str) -> Reply:
    """The stored sessions, the last used first; or one of them deleted.

    In the chat those of this folder, without single calls of the executable, until ``all`` is
    said; a single call lists them all.

    Raises:
        UserError: the words are neither ``all`` nor ``delete ID``, or no session is meant.
    """
    word, _, name = arguments.strip().partition(" ")
    if word.lower() in {"delete", "rm", "remove"}:
        return _delete(app, name.strip())
    if word and word.lower() != "all":
        raise UserError(
            f"{word[:40]!r} is nothing to do with sessions",
            where="/sessions",
            fix="write /sessions, /sessions all, or /sessions delete ID",
        )
    store = app.record.store()
    listed, more = listed_here(app, everywhere=bool(word) or not app.chatting)
    notes = [f"! skipped: {what}" for what in store.skipped]
    if more:
        notes.append(f"· {more} more of other folders and single calls: /sessions all")
    text = listing(listed, app.width, app.session.id)
    if not listed:
        text = paragraphs(_none_here(more), app.width)
    return Reply(text, data=listed, notes=tuple(notes))


def listed_here(app: App, *, everywhere: bool) -> tuple[list[SessionLine], int]:
    """The sessions to list, and how many there are beside them."""
    store = app.record.store()
    every = store.sessions()
    if everywhere:
        return every, 0
    listed = store.sessions(here(), chats=True)
    return listed, len(every) - len(listed)


def _none_here(more: int) -> str:
    return "no session of this folder is stored yet" if more else "no session is stored yet"


def _delete(app: App, name: str) -> Reply:
    """Forget a session for good; in the chat only after a yes."""
    if not name:
        raise UserError(
            "no session is named", where="/sessions delete", fix="write /sessions delete ID"
        )
    store = app.record.store()
    key = store.find(name)
    title = next(one["title"] for one in store.sessions() if one["id"] == key)
    if app.chatting and not app.question.confirm(f"Delete session {key} “{title}” for good?").yes:
        return Reply("nothing changed")
    store.delete(key)
    if app.session.id == key:
        # what is on the screen goes on, and is stored anew with its next turn
        app.session.id = ""
    return Reply(f"session {key} “{title}” is deleted", data={"deleted": key, "title": title})


def listing(listed: Sequence[SessionLine], width: int, current: str = "") -> str:
    """One line a session; the current one is marked."""
    lines = []
    for one in listed:
        mark = "●" if one["id"] == current else " "
        turns = f"{one['turns']} turn{'' if one['turns'] == 1 else 's'}"
        when = one["updated"][:16].replace("T", " ")
        if width < STACKED:
            lines.append(cut(f"{mark} {pad(one['id'], 6)} {one['title']}", width))
            lines += wrap(f"{when}, {turns}", width, "    ")
            continue
        line = f"{mark} {pad(one['id'], 6)} {when}  {pad(turns, 9)} {one['title']}"
        lines.append(cut(line, width))
    return "\n".join(lines)


def resume(app: App, arguments: str) -> Reply:
    """Go on with a session; in the chat without a name, choose from a numbered list."""
    name = arguments.strip()
    everywhere = name.lower() == "all"
    if app.chatting and (not name or everywhere):
        listed, more = listed_here(app, everywhere=everywhere)
        if not listed and more:
            return Reply("no session of this folder is stored yet; /resume all lists the others")
        if len(listed) > 1 or everywhere:
            name = _picked(app, listed[:MOST_PICKED], more)
            if not name:
                return Reply("nothing changed")
        elif listed:
            name = listed[0]["id"]
    app.resume(name)
    return Reply(resumed(app), data={"id": app.session.id, "title": app.session.title})


MOST_PICKED = 9
"""Sessions that the picker offers: each has one key."""


def _picked(app: App, listed: Sequence[SessionLine], more: int) -> str:
    """The id that the person chose, or words that name a session; empty for none."""
    for number, one in enumerate(listed, 1):
        mark = "●" if one["id"] == app.session.id else " "
        when = one["updated"][:16].replace("T", " ")
        line = f"{mark}{number}. {pad(one['id'], 6)} {when}  {one['title']}"
        app.screen.err(cut(line, app.width))
    if more:
        app.screen.err(f"  {more} more: /resume all", "dim")
    said = app.question.words("Which one? A number, an id or a name")
    return listed[int(said) - 1]["id"] if _chosen(said, len(listed)) else said


def resumed(app: App) -> str:
    """What was taken up."""
    session = app.session
    count = len(session.dossiers)
    documents = f"{count} document{'' if count == 1 else 's'}"
    current = session.current
    system = f", current system {current.blueprint.header.system}" if current else ""
    return f"session {session.id} “{session.title}”: {documents}{system}"


def fork(app: App, arguments: str) -> Reply:
    """Go on in a copy."""
    old = _stored(app, "/fork")
    app.session.id = app.record.store().fork(old, arguments.strip() or None)
    app.resume(app.session.id)
    return Reply(
        f"this is now session {app.session.id} “{app.session.title}”; {old} stays as it was",
        data={"id": app.session.id, "parent": old},
    )


def rename(app: App, arguments: str) -> Reply:
    """Another name for this session."""
    name = arguments.strip()
    if not name:
        raise UserError("no name is given", where="/rename", fix="write /rename NAME")
    key = _stored(app, "/rename")
    app.record.store().rename(key, name)
    app.session.title = name
    return Reply(f"session {key} is now “{name}”", data={"id": key, "title": name})


def new(app: App, arguments: str) -> Reply:
    """An empty session; the one before stays stored."""
    del arguments
    old = app.session
    app.session = Session(old.writer, repository=old.repository, width=old.width, clock=old.clock)
    kept = f"; {old.id} is kept: /resume {old.id}" if old.id else ""
    return Reply(f"a new session{kept}")


def _chosen(said: str, count: int) -> bool:
    return said.isascii() and said.isdigit() and 1 <= int(said) <= count and len(said) == 1


def _stored(app: App, where: str) -> str:
    if not app.session.id:
        raise UserError(
            "this session has no stored turn yet",
            where=where,
            fix="ask something first, or devops-exe --continue goes on with the latest",
            code="no_session",
        )
    return app.session.id
