"""The answer of a turn on the screen: the document or the object, and what follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.terminal.view.answer import what_follows
from devops_exe.terminal.view.progress import usage_line
from devops_exe.terminal.view.wrap import wrap
from devops_exe.terminal.writers import waits

if TYPE_CHECKING:
    from devops_exe.agent.request import Request
    from devops_exe.agent.result import Result
    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.ground.prices import Price
    from devops_exe.terminal.app import App
    from devops_exe.terminal.turn import Turn

RULES = (
    "written rules answered, not a language model; export ANTHROPIC_API_KEY=… (or --base-url URL) "
    "brings Claude in"
)


def show(app: App, turn: Turn, request: Request, result: Result | None, *, said: bool) -> bool:
    """Show what a turn left.

    Args:
        app: whose settings and screen.
        turn: its events, shown so far.
        request: what was asked.
        result: what was answered; None where the turn failed.
        said: whether this conversation was told already that rules answer.

    Returns:
        Whether it has been told now.
    """
    if app.json:
        _objects(app, result)
        return said
    turn.finish()
    if result is not None and result.dossier is not None:
        if request.kind == "chat":
            _beside(app, result.dossier)
        else:
            document(app, result.dossier, result.text)
            _files(app, result)
    if app.settings.flag("quiet"):
        return said
    if result is not None and (used := usage_line(result.usage, price_of(app, result))):
        app.screen.err(used, "dim")
    if waits(app.session.writer) or said:
        return said
    app.aside(f"· {RULES}")
    return True


def _files(app: App, result: Result) -> None:
    """Generated files that go with a document, whole, below what follows it."""
    if app.settings.flag("quiet"):
        return
    for said in result.said:
        app.screen.out(f"\n{said}")
    for path, text in result.artifacts:
        lines = text.count("\n")
        told = f"{path} ({lines} lines; /implement DIR writes it with what it uses)"
        app.screen.out("\n".join(["", *wrap(told, app.width), ""]))
        app.screen.out(text.rstrip("\n"))


def price_of(app: App, result: Result) -> Price | None:
    """The price of the model that answered, from the user's own configuration."""
    return app.settings.prices.get(str(result.engine.get("model")))


def _objects(app: App, result: Result | None) -> None:
    if result is None:
        return
    answer = result.as_json()
    if app.settings.flag("json-lines"):
        answer = {"event": "result", **answer}
    app.screen.raw_out(app.dump(answer))


def document(app: App, dossier: Dossier, text: str) -> None:
    """A document, whole, and what follows it."""
    if app.screen.terminal.output and not app.settings.flag("quiet"):
        app.screen.err("")
    if app.screen.terminal.plain:
        from devops_exe.terminal.view.plain import plain_document

        app.screen.out(plain_document(dossier.blueprint))
    elif app.screen.terminal.colour_out:
        from devops_exe.terminal.view.paint import paint_document

        paint_document(app.screen, text)
    else:
        app.screen.out(text)
    if app.settings.flag("quiet"):
        return
    follows = what_follows(dossier, app.width)
    if follows:
        app.screen.out(f"\n{follows}")


def _beside(app: App, dossier: Dossier) -> None:
    """After a follow-up: what is wrong now, and where the whole document is."""
    from devops_exe.terminal.view.answer import findings

    serious = [one for one in dossier.findings if one.severity == "error"]
    if serious:
        app.screen.out("\n" + "\n".join(findings(serious, app.width)))
    if not app.settings.flag("quiet"):
        whole = "/devops" if dossier.kind == "devops" else f"/devops {dossier.kind}"
        app.aside(f"· {whole} prints the whole document; /diff what moved")
