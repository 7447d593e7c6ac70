"""Resolving what can move: the commit of a tag, the digest of an image. It asks the network.

``devops-exe implement --pin`` is the only caller; nothing else of this room opens a connection.
An action's tag is asked of its repository by ``git ls-remote``; the commit that an annotated tag
points at counts (peeled), not the tag's own object. An image is asked of its registry by the OCI
distribution API, with the anonymous token that registries hand out; the digest is computed from
the manifest that came, and must be the one the registry names. An image without a registry in
its name belongs to the engine's default one: ``crane``, ``skopeo`` or ``docker`` know it.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess  # nosec: git and the clients of registries
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from devops_exe.ground.errors import EngineError, UserError
from devops_exe.implement.pins import Pin, references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from email.message import Message

    from devops_exe.implement.artefact import Artefact

REPOSITORIES = "github.com"
"""Host of the repositories that ``uses:`` names."""

SECONDS = 20.0
LARGEST_ANSWER = 4 * 1024**2
"""Bytes of a manifest that are read."""

_ACCEPT = ", ".join(
    f"application/vnd.{kind}+json"
    for kind in (
        "oci.image.index.v1",
        "docker.distribution.manifest.list.v2",
        "oci.image.manifest.v1",
        "docker.distribution.manifest.v2",
    )
)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")
_COMMIT = re.compile(r"[0-9a-f]{40}\Z")
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
_OLD_NOTE = r"(?:[ \t]+#[ \t]*v?\d[^\n]*)?"


@dataclass(frozen=True, slots=True)
class Resolved:
    """What came of resolving.

    Attributes:
        artefacts: the files, with commits and digests in them.
        pins: what was resolved.
        failures: (reference, why) of what was not; it stays as it was.
    """

    artefacts: tuple[Artefact, ...]
    pins: tuple[Pin, ...]
    failures: tuple[tuple[str, str], ...]


def resolve(
    artefacts: Iterable[Artefact],
    *,
    network: bool,
    commit_of: Callable[[str, str], str] | None = None,
    digest_of: Callable[[str, str], str] | None = None,
    date: str = "",
) -> Resolved:
    """Fixes the references of files that can move.

    Args:
        artefacts: the files.
        network: whether the user said that the network may be asked.
        commit_of: (action, tag) to commit; git by default.
        digest_of: (image, tag) to digest; the registry by default.
        date: of today, for the record of each pin.

    Raises:
        UserError: the network may not be asked (``no_network``).
    """
    if not network:
        raise UserError(
            "what a tag points at is known to its repository alone",
            where="--pin",
            fix="say --pin where there is a network",
            code="no_network",
        )
    given = tuple(artefacts)
    moving = {(p.kind, p.name, p.tag): p for a in given for p in references(a.text) if not p.fixed}
    found: dict[str, Pin] = {}
    failures: list[tuple[str, str]] = []
    for kind, name, tag in sorted(moving):
        asked = (commit_of or commit) if kind == "action" else (digest_of or digest)
        pin = moving[kind, name, tag]
        try:
            fixed = asked(name, tag)
        except (EngineError, UserError) as error:
            failures.append((pin.text, error.message))
            continue
        found[pin.text] = replace(pin, fixed=fixed, seen=f"{tag} of {name}", date=date)
    return Resolved(
        tuple(replace(a, text=_fixed(a.text, found), unproven=_left(a, found)) for a in given),
        tuple(found.values()),
        tuple(failures),
    )


def commit(name: str, tag: str, *, base: str = f"https://{REPOSITORIES}") -> str:
    """The commit that a tag of an action's repository points at.

    Raises:
        EngineError: git is missing, the repository cannot be asked, or it has no such tag.
    """
    git = shutil.which("git")
    repository = "/".join(name.split("/")[:2])
    if git is None:
        raise _failed("git is not there", repository, "install git")
    ref = f"refs/tags/{tag}"
    # an annotated tag has a second line: the commit it points at
    command = [git, "ls-remote", f"{base}/{repository}", ref, f"{ref}^{{}}"]
    try:
        ran = subprocess.run(  # noqa: S603
            command,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            env={"PATH": _path(), "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired:
        raise _failed("it does not answer", repository, "try again later") from None
    if ran.returncode != 0:
        last = (ran.stderr.strip().splitlines() or ["no answer"])[-1]
        raise _failed(last[:200], repository, "is the name right, and is there a network?")
    lines = (line.partition("\t") for line in ran.stdout.splitlines())
    found = {name: sha for sha, _, name in lines}
    sha = found.get(f"{ref}^{{}}") or found.get(ref) or ""
    if not _COMMIT.match(sha):
        raise _failed(f"it has no tag {tag}", repository, "name a release that is there")
    return sha


def digest(name: str, tag: str, *, scheme: str = "https") -> str:
    """The digest of an image's manifest.

    Raises:
        EngineError: nobody here knows its registry, or the registry does not answer as it should.
    """
    host, slash, path = name.partition("/")
    if not slash or not ("." in host or ":" in host or host == "localhost"):
        return _by_client(name, tag)
    address = f"{scheme}://{host}/v2/{path}/manifests/{tag}"
    answer = _ask(address, {"Accept": _ACCEPT})
    if answer.status == 401:
        token = _token(answer, path, name)
        answer = _ask(address, {"Accept": _ACCEPT, "Authorization": f"Bearer {token}"})
    if answer.status != 200:
        raise _failed(f"the registry answers {answer.status}", name, "is the tag right?")
    computed = f"sha256:{hashlib.sha256(answer.body).hexdigest()}"
    named = answer.headers.get("docker-content-digest", computed)
    if named != computed:
        raise _failed("the manifest is not what its digest says", name, "do not use it")
    return computed


def _by_client(name: str, tag: str) -> str:
    """The digest as an installed client of registries says it."""
    reference = f"{name}:{tag}"
    for program, *rest in (
        ("crane", "digest", reference),
        ("skopeo", "inspect", "--format", "{{.Digest}}", f"docker://{reference}"),
        (
            "docker",
            "buildx",
            "imagetools",
            "inspect",
            "--format",
            "{{.Manifest.Digest}}",
            reference,
        ),
    ):
        path = shutil.which(program)
        if path is None:
            continue
        try:
            ran = subprocess.run(  # noqa: S603
                [path, *rest], capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            continue
        if ran.returncode == 0 and _DIGEST.match(ran.stdout.strip()):
            return ran.stdout.strip()
    raise _failed(
        "its name holds no registry, and no client here knows the default one",
        reference,
        "install crane, skopeo or docker",
    )


@dataclass(frozen=True, slots=True)
class _Http:
    status: int
    headers: Mapping[str, str]
    body: bytes


def _ask(address: str, headers: Mapping[str, str]) -> _Http:
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    request = Request(address, headers=dict(headers))  # noqa: S310 - built from our own scheme
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            body = answer.read(LARGEST_ANSWER + 1)
            if len(body) > LARGEST_ANSWER:
                raise _failed("the answer is too long", address, "is it a registry?")
            return _Http(answer.status, _named(answer.headers), body)
    except HTTPError as error:
        with error:
            return _Http(error.code, _named(error.headers), b"")
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise _failed(f"it cannot be reached ({reason})", address, "is there a network?") from None


def _named(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _token(answer: _Http, path: str, name: str) -> str:
    """The anonymous token that the registry's challenge points at."""
    parts = dict(_CHALLENGE.findall(answer.headers.get("www-authenticate", "")))
    realm = parts.get("realm", "")
    if not re.match(r"https?://", realm):
        raise _failed("the registry wants a login", name, "pin it by hand")
    query = urlencode(
        {
            "service": parts.get("service", ""),
            "scope": parts.get("scope", f"repository:{path}:pull"),
        }
    )
    given = _ask(f"{realm}?{query}", {})
    try:
        value = json.loads(given.body)
        token = value.get("token") or value["access_token"]
    except (ValueError, KeyError, AttributeError):
        raise _failed("the registry wants a login", name, "pin it by hand") from None
    return str(token)


def _fixed(text: str, found: Mapping[str, Pin]) -> str:
    """A text with its references fixed; an action's tag stays readable as a comment."""
    for reference, pin in found.items():
        note = _OLD_NOTE if pin.kind == "action" else ""
        pattern = rf"(?<![\w./@-]){re.escape(reference)}(?![\w.@-]){note}"
        text = re.sub(pattern, pin.text, text)
    return text


def _left(artefact: Artefact, found: Mapping[str, Pin]) -> tuple[str, ...]:
    done = {f"unpinned: {reference}" for reference in found}
    return tuple(reason for reason in artefact.unproven if reason not in done)


def _path() -> str:
    import os

    return os.environ.get("PATH", os.defpath)


def _failed(what: str, where: str, fix: str) -> EngineError:
    return EngineError(what, where=where, fix=fix, code="not_resolved")
