"""Programs: shell scripts that stop at a failure, Python that compiles, policies that decide."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe.implement.proof.result import Fault
from devops_exe.implement.proof.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.implement.proof.documents import Document, Tree

_SHEBANG = re.compile(r"#!/(?:usr/bin/env (?:ba)?sh|bin/(?:ba)?sh)(?: -\w+)?\Z")
_STRICT = re.compile(r"^\s*set -(?:\w*e\w*u\w*|\w*u\w*e\w*)\b|^\s*set -o errexit", re.M)
_PIPED = re.compile(r"\b(?:curl|wget)\b[^\n|]*\|\s*(?:sudo\s+)?(?:ba|z)?sh\b")
_EVAL = re.compile(r"^\s*eval\b", re.M)
_DESTROY = re.compile(r"\brm\s+-\w*r\w*\s+[\"']?\$\{?\w+\}?[\"']?/?(?:\s|\*|$)")
_PACKAGE = re.compile(r"^package\s+[a-zA-Z_]\w*(?:\.[a-zA-Z_]\w*)*\s*$", re.M)
_RULE = re.compile(r"^(?:default\s+)?(?:deny|violation|warn|allow|test_)\w*\b", re.M)
_OLD_RULE = re.compile(r"^(?:deny|violation|warn)\w*\[\w+\]\s*\{", re.M)
_PAIRS = {")": "(", "]": "[", "}": "{"}


def shell(document: Document, tree: Tree) -> Iterator[Fault]:
    """An interpreter, an end at the first failure, nothing of the network's carried out."""
    text, lines = document.text, document.text.split("\n")
    if not _SHEBANG.match(lines[0]):
        yield Fault(f"the first line names no shell: {lines[0][:40]!r}", 1)
    if not _STRICT.search(text):
        yield Fault("it goes on after a failure: set -eu is missing")
    if "bash" in lines[0] and "|" in text and "pipefail" not in text:
        yield Fault("a failure in a pipe is not noticed: set -o pipefail is missing")
    for number, line in enumerate(lines, 1):
        code = line.partition(" #")[0]
        if code.lstrip().startswith("#"):
            continue
        if _PIPED.search(code):
            yield Fault("what comes over the network is carried out", number)
        if _EVAL.search(code):
            yield Fault("eval carries out whatever stands in a variable", number)
        if _DESTROY.search(code):
            yield Fault("with an empty variable this removes everything", number)
        if code.rstrip() != code and code.rstrip().endswith("\\"):
            yield Fault("a blank behind the backslash ends the command", number)
    if not document.artefact.executable:
        yield Fault("it is not executable")


def python(document: Document, tree: Tree) -> Iterator[Fault]:
    """It compiles, and a bare ``except`` hides nothing."""
    import ast

    try:
        module = ast.parse(document.text)
        compile(document.text, document.artefact.path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        yield Fault(f"no Python: {getattr(error, 'msg', error)}", getattr(error, "lineno", 0) or 0)
        return
    for node in ast.walk(module):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield Fault("a bare except hides every error", node.lineno)
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Name) and called.id in {"eval", "exec"}:
            yield Fault(f"{called.id} carries out whatever it is given", called.lineno)


def policy(document: Document, tree: Tree) -> Iterator[Fault]:
    """A package, rules that decide, brackets that close."""
    text = document.text
    if not _PACKAGE.search(text):
        yield Fault("no package")
    if not _RULE.search(text):
        yield Fault("no rule denies, warns or allows")
    old = _OLD_RULE.search(text)
    if old:
        line = text.count("\n", 0, old.start()) + 1
        yield Fault("a rule of Rego v0: write 'deny contains message if {'", line)
    opened: list[tuple[str, int]] = []
    for number, line_text in enumerate(text.split("\n"), 1):
        for character in re.sub(r"\"(?:\\.|[^\"\\])*\"|`[^`]*`|#.*", "", line_text):
            if character in "([{":
                opened.append((character, number))
            elif character in _PAIRS and (not opened or opened.pop()[0] != _PAIRS[character]):
                yield Fault(f"{character} closes nothing", number)
                return
    if opened:
        yield Fault(f"{opened[-1][0]} is never closed", opened[-1][1])


RULES = (
    Rule("shell-safety", ("shell",), shell, "it stops at the first failure and trusts no network"),
    Rule("python-compiles", ("python",), python, "it compiles and hides no error"),
    Rule("policy-shape", ("rego",), policy, "a package with rules that decide"),
)
