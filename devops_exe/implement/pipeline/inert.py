"""Text from outside in a pipeline file: refused where the CI product would expand it."""

from __future__ import annotations

from devops_exe.ground.errors import UserError


def command(text: str) -> str:
    """A shell command of the repository, as one line of a script.

    Raises:
        UserError: it holds an expression of the CI product, or a control character.

    >>> command("npm test")
    'npm test'
    """
    return inert(text, "command")


def inert(text: str, what: str) -> str:
    """Text that no CI product expands before it is used.

    Raises:
        UserError: it holds ``${{`` (GitHub Actions), ``$[[`` (inputs of GitLab CI), or a
            control character.
    """
    if "${{" in text or "$[[" in text or any(not c.isprintable() for c in text):
        raise UserError(
            f"the {what} {text[:60]!r} holds an expression that the pipeline would expand",
            where="implement",
            fix="write it into a script of the repository, and call that",
            code="expression_refused",
        )
    return text
