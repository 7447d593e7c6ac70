"""Resolving pins against a real git repository and a registry on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from devops_exe.ground.errors import EngineError, UserError
from devops_exe.implement import pin_resolution
from devops_exe.implement.artefact import Artefact
from devops_exe.implement.pin_resolution import commit, digest, resolve

MANIFEST = json.dumps({"schemaVersion": 2, "manifests": []}).encode()
DIGEST = f"sha256:{hashlib.sha256(MANIFEST).hexdigest()}"


@pytest.fixture
def repositories(tmp_path):
    """A folder with one repository: a light tag and an annotated one on its commits."""
    if shutil.which("git") is None:
        pytest.skip("git is not there")
    folder = tmp_path / "owner" / "action"
    folder.mkdir(parents=True)
    env = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
    }  # fmt: skip

    def git(*words: str) -> str:
        command = ["git", "-C", str(folder), *words]
        ran = subprocess.run(command, check=True, capture_output=True, text=True, env=env)
        return ran.stdout.strip()

    git("init", "-q")
    commits = []
    for tag, more in (("v1.0.0", ()), ("v1.1.0", ("-a", "-m", "release"))):
        (folder / "action.yml").write_text(f"name: {tag}\n")
        git("add", ".")
        git("commit", "-q", "-m", tag)
        git("tag", *more, tag)
        commits.append(git("rev-parse", "HEAD"))
    tag_object = git("rev-parse", "v1.1.0")
    assert tag_object != commits[1]
    return f"file://{tmp_path}", commits


@contextmanager
def registry(*, token: str = "", body: bytes = MANIFEST, named: str = DIGEST, status: int = 200):
    """A registry on the loop, with or without an anonymous token; and what it was asked."""
    asked: list[str] = []

    class Registry(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            here = f"127.0.0.1:{self.server.server_port}"
            if self.path.startswith("/token"):
                self._say(200, json.dumps({"token": token}).encode())
            elif token and self.headers.get("Authorization") != f"Bearer {token}":
                challenge = f'Bearer realm="http://{here}/token",service="here"'
                self._say(401, b"", {"WWW-Authenticate": challenge})
            elif self.path != "/v2/team/web/manifests/1.0":
                self._say(404, b"")
            else:
                self._say(status, body, {"Docker-Content-Digest": named})

        def _say(self, code, content, headers=None):
            self.send_response(code)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}/team/web", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_commit_of_a_light_and_of_an_annotated_tag(repositories):
    base, commits = repositories
    assert commit("owner/action", "v1.0.0", base=base) == commits[0]
    assert commit("owner/action/sub", "v1.1.0", base=base) == commits[1]


def test_a_tag_that_is_not_there(repositories):
    with pytest.raises(EngineError, match=r"it has no tag v9"):
        commit("owner/action", "v9", base=repositories[0])
    with pytest.raises(EngineError):
        commit("owner/nothing", "v1", base=repositories[0])


def test_the_digest_of_an_image():
    with registry() as (name, asked):
        assert digest(name, "1.0", scheme="http") == DIGEST
    assert asked == ["/v2/team/web/manifests/1.0"]


def test_the_anonymous_token_is_asked_for():
    with registry(token="abc") as (name, asked):
        assert digest(name, "1.0", scheme="http") == DIGEST
    assert asked[1].startswith("/token?service=here&scope=repository%3Ateam%2Fweb%3Apull")


def test_a_manifest_that_is_not_its_digest():
    says = "not what its digest says"
    with registry(named="sha256:" + "0" * 64) as (name, _), pytest.raises(EngineError, match=says):
        digest(name, "1.0", scheme="http")


def test_a_registry_that_refuses():
    with registry() as (name, _), pytest.raises(EngineError, match="answers 404"):
        digest(name, "2.0", scheme="http")
    with registry(status=500) as (name, _), pytest.raises(EngineError, match="answers 500"):
        digest(name, "1.0", scheme="http")


def test_nobody_listens():
    with pytest.raises(EngineError, match="cannot be reached"):
        digest("127.0.0.1:1/team/web", "1.0", scheme="http")


def test_the_default_registry_is_known_to_clients_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="no client here knows"):
        digest("python", "3.12")
    client = tmp_path / "crane"
    client.write_text(f'#!/bin/sh\n[ "$1 $2" = "digest python:3.12" ] && echo {DIGEST}\n')
    client.chmod(0o755)
    assert digest("python", "3.12") == DIGEST


def test_nothing_is_asked_without_being_told():
    def never(name: str, tag: str) -> str:
        raise AssertionError(name)

    file = Artefact("a.yml", "- uses: a/b@v1\n", "github-actions")
    with pytest.raises(UserError) as caught:
        resolve([file], network=False, commit_of=never, digest_of=never)
    assert caught.value.code == "no_network"


def test_files_are_fixed_and_no_longer_unproven():
    sha = "1" * 40
    workflow = Artefact(
        "a.yml",
        "- uses: a/b@v1 # v1\n- uses: a/b@v1.2\n- uses: a/bb@v1\n- run: echo a/b@v1x\n",
        "github-actions",
        unproven=("unpinned: a/b@v1", "unpinned: a/bb@v1", "else"),
    )
    image = Artefact(
        "Dockerfile", "FROM python:3.12 AS build\nFROM python:3.12-slim\n", "dockerfile"
    )

    def commits(name: str, tag: str) -> str:
        if name == "a/bb":
            raise EngineError("gone", where=name, fix="", code="x")
        return sha

    done = resolve(
        [workflow, image],
        network=True,
        commit_of=commits,
        digest_of=lambda name, tag: DIGEST,
        date="2026-11-24",
    )
    assert done.artefacts[0].text == (
        f"- uses: a/b@{sha} # v1\n- uses: a/b@{sha} # v1.2\n- uses: a/bb@v1\n- run: echo a/b@v1x\n"
    )
    assert done.artefacts[0].unproven == ("unpinned: a/bb@v1", "else")
    assert done.artefacts[1].text == (
        f"FROM python:3.12@{DIGEST} AS build\nFROM python:3.12-slim@{DIGEST}\n"
    )
    assert done.failures == (("a/bb@v1", "gone"),)
    assert {pin.text for pin in done.pins} >= {f"a/b@{sha} # v1", f"python:3.12@{DIGEST}"}
    assert all(pin.date == "2026-11-24" and pin.seen for pin in done.pins)


def test_what_is_fixed_already_is_left_alone():
    text = f"- uses: a/b@{'2' * 40} # v1\n"
    done = resolve([Artefact("a.yml", text, "github-actions")], network=True)
    assert done.artefacts[0].text == text
    assert done.pins == ()
    assert pin_resolution.REPOSITORIES
