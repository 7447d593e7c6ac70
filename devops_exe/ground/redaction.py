"""Secrets in a text become stable placeholders: ``‹secret:github-token:1›``.

The map from placeholder to secret lives in the ``Redactor``, in this process's memory, and is
never written anywhere. The same secret has the same placeholder all through a session, so a
model can speak of it without knowing it.

What is found: the published formats of providers (prefix, alphabet and length, as the
providers document them for secret scanners), private key blocks, passwords in URLs, JSON web
tokens, ``Authorization`` headers, and values of settings whose name says that they are secret.
What is left alone: image digests, commit hashes, lock-file integrity hashes, references to a
secret kept elsewhere (``${VAR}``, ``{{ .Values.x }}``, ``valueFrom``, ``vault:…``), and
values that are plainly no secret (``true``, ``null``, ``changeme`` and the like are left:
replacing them would hide a finding).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devops_exe.ground.redaction_rules import (
    HINT,
    RULES,
    SECRET_BLOCK,
    SECRET_DATA,
    SECRET_FLOW,
    SECRET_FLOW_VALUE,
    SECRET_MANIFEST,
    SECRET_VALUE,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_DATA = re.compile(r"(?:d|D)ata[\"']?[ \t]{0,8}:")
_DOCUMENTS = re.compile(r"(?m)(^---[^\n]*\n)")
_PLACEHOLDER = re.compile(r"‹secret:[a-z-]+:\d+›")


@dataclass(slots=True)
class Redactor:
    """Replaces secrets and remembers which placeholder stands for which."""

    _placeholders: dict[str, str] = field(default_factory=dict, repr=False)
    # Secrets that are words of a language or names of things: replaced where their
    # surroundings tell, and not hunted elsewhere (a password may be "production").
    _words: dict[str, str] = field(default_factory=dict, repr=False)
    _counts: dict[str, int] = field(default_factory=dict, repr=False)

    def redact(self, text: str) -> str:
        """``text`` with a placeholder for every secret; a second time changes nothing."""
        text = self._known(text)
        if not HINT.search(text):
            return text
        if "Secret" in text and _DATA.search(text):
            text = self._manifests(text)
        for kind, pattern in RULES:
            text = pattern.sub(self._replacement(kind), text)
        return self._known(text)

    def _known(self, text: str) -> str:
        """A secret once seen is known in any surroundings."""
        for secret, placeholder in self._placeholders.items():
            if secret in text:
                text = text.replace(secret, placeholder)
        return text

    def found(self) -> dict[str, int]:
        """How many secrets of each kind were seen so far."""
        return dict(self._counts)

    def _manifests(self, text: str) -> str:
        """Values of Kubernetes Secrets, each of a file's YAML documents by itself."""
        replaced = self._replacement("kubernetes-secret")
        documents = _DOCUMENTS.split(text)
        for index, document in enumerate(documents):
            if SECRET_MANIFEST.search(document):
                document = SECRET_DATA.sub(
                    lambda block: SECRET_VALUE.sub(replaced, SECRET_BLOCK.sub(replaced, block[0])),
                    document,
                )
                documents[index] = SECRET_FLOW.sub(
                    lambda block: SECRET_FLOW_VALUE.sub(replaced, block[0]), document
                )
        return "".join(documents)

    def _replacement(self, kind: str) -> Callable[[re.Match[str]], str]:
        def replaced(match: re.Match[str]) -> str:
            # A group is the secret where the pattern needs surroundings to know it by.
            group = match.lastindex or 0
            secret = match.group(group)
            if _PLACEHOLDER.search(secret) or (group and _no_secret(secret)):
                return match.group(0)
            if group and _own_name(match, secret):
                return match.group(0)
            start, end = match.start(group) - match.start(), match.end(group) - match.start()
            whole = match.group(0)
            return whole[:start] + self._placeholder(kind, secret) + whole[end:]

        return replaced

    def _placeholder(self, kind: str, secret: str) -> str:
        known = self._placeholders.get(secret) or self._words.get(secret)
        if known is None:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            known = f"‹secret:{kind}:{self._counts[kind]}›"
            if kind not in _BY_NAME or _random(secret):
                self._placeholders[secret] = known
            else:
                self._words[secret] = known
        return known


_NO_SECRET = re.compile(
    r"""(?ix)
    (?: true|false|null|none|nil|undefined|yes|no|on|off|required|optional|enabled|disabled
      | changeme|change[-_]me|example|placeholder|todo|redacted|hidden|secret|password|token
      | string|str|bytes|int|number|bool|file|env|vault|sops|default|empty|unset|random|generated
      | inherit|write|read|admin|your[-_][a-z_-]+
      | [~^<>=v]{0,2}\d+(?:\.\d+)+(?:\.[x*])?|x+|\*+|\.+|-+|_+|\d{1,5}|<[^>]*>
    )\Z
    | [$%{<(\[@&*!|>]                  # ${VAR}, %VAR%, {{ template }}, <placeholder>, YAML tags
    | (?:sha\d+[:-]|vault:|ref\+|arn:|secret://|op://|file:|/|\./|\.\./|~/|https?://)
    | (?:env|os|process|secrets?|var|vars|local|module|data|self|settings|config|getenv|values|
        inputs|github|steps|this|args|options|params|request|req|ctx)[.\[(]
    """
)
_CALL = re.compile(r"[A-Za-z_][\w.]*\(|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\Z")


# Kinds known by their surroundings and not by a form of their own.
_BY_NAME = frozenset(
    {
        "setting",
        "command-password",
        "state-secret",
        "url-password",
        "netrc-password",
        "kubernetes-secret",
    }
)


def _random(secret: str) -> bool:
    """Whether a secret is too odd to be a word: three kinds of characters, or two if long."""
    kinds = sum(bool(re.search(kind, secret)) for kind in ("[a-z]", "[A-Z]", r"\d", r"[^\w.\s-]"))
    return len(secret) >= 8 and kinds >= (2 if len(secret) >= 20 else 3)


def _own_name(match: re.Match[str], secret: str) -> bool:
    """Whether a value only repeats the setting's name: ``api_key=api_key`` of a program."""
    begin = match.start()
    found = _NAME_BEFORE.search(match.string, max(0, begin - 80), begin)
    before = found[0] if found else ""
    return f"{before}{match.group(0)}".lower().startswith(f"{secret.lower()}=")


_NAME_BEFORE = re.compile(r"\w*\Z")


def _no_secret(value: str) -> bool:
    """Whether a setting's value only points to a secret, or plainly is none."""
    return not value.strip() or bool(_NO_SECRET.match(value) or _CALL.match(value))
