"""A model reads every file of a repository full of secrets: none leaves, none is kept."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from loopback import whole
from wire_app import Server, Stand
from wire_script import asks, says

from devops_exe.ground.errors import ExitStatus
from devops_exe.ground.locations import data_dir, state_dir
from devops_exe.ground.redaction import Redactor

sys.path.insert(0, str(Path(__file__).parents[1] / "agent"))

from planted import plant

# With the folders' settings, a token that a user types.
TYPED = "gh" + "p_" + "Zz9Yy8Xx7Ww6Vv5Uu4Tt3Ss2Rr1Qq0Pp9Oo8"


def test_no_secret_leaves_the_machine_or_is_kept(tmp_path, no_waiting):
    root = tmp_path / "shop"
    secrets, files = plant(root)
    assert len(secrets) > 70
    half = len(files) // 2
    rounds = [
        asks(*(("read_file", json.dumps({"path": path})) for path in part))
        for part in (files[:half], files[half:])
    ]
    # A model can only repeat what it was shown, and names a token that was in no file.
    other = "gh" + "p_" + "Nn0Mm1Ll2Kk3Jj4Ii5Hh6Gg7Ff8Ee9Dd0Cc1"
    echoes = says("You said ", TYPED[:10], TYPED[10:], " and ", other[:4], other[4:], " to me")
    replies = [
        whole(asks(("assess_repository", "{}"))), *map(whole, rounds), whole(says("read")),
        whole(echoes),
    ]  # fmt: skip
    with Server(*replies) as server, Stand(server.url, "--repo", str(root)) as stand:
        assert stand.say(f"/devops my token is {TYPED}") == ExitStatus.OK
        shown = stand.out + stand.err
        sent = json.dumps(server.requests, ensure_ascii=False)
        assert stand.say("which of them did you see?") == ExitStatus.OK
        again = json.dumps(server.requests, ensure_ascii=False)
        shown += stand.out + stand.err
        results = [
            block
            for message in stand.messages
            for block in message["content"]
            if block["type"] == "tool_result"
        ]
        stand.say("/context")
        shown += stand.out + stand.err
    assert len(results) == len(files) + 1
    refused = [block for block in results if block.get("is_error")]
    assert len(refused) == 10, "files that are secret by name"
    assert all("never opened" in block["content"] for block in refused)
    kept = b"".join(
        path.read_bytes()
        for folder in (data_dir(), state_dir())
        for path in folder.rglob("*")
        if path.is_file()
    ).decode("utf-8", "replace")
    assert "api.example" in kept
    for name, secret in {**secrets, "typed": TYPED, "another": other}.items():
        assert secret not in sent, name
        assert secret not in again, name
        assert secret not in shown, name
        assert secret not in kept, name
    assert sent.count("‹secret:") > 60
    # a map from placeholder to secret lives in no file and no request
    assert "_placeholders" not in kept + sent


def test_what_a_model_says_of_a_secret_is_a_placeholder_on_the_screen(tmp_path):
    secrets, _ = plant(tmp_path / "shop")
    token = secrets["github"]
    calls = asks(("read_file", json.dumps({"path": ".github/workflows/ci.yml"})))
    replies = [whole(calls), whole(says("It is ", token[:9], token[9:], ", and I keep it."))]
    with Server(*replies) as server, Stand(server.url, "--repo", str(tmp_path / "shop")) as stand:
        assert stand.say("what is the token?") == ExitStatus.OK
        assert token not in stand.out
        assert "‹secret:github-token:1›, and I keep it." in stand.out
        assert token not in json.dumps(stand.messages)


def test_lock_files_digests_and_hashes_stay():
    digest = "0123456789abcdef" * 4
    text = "\n".join(
        [
            *(f"pkg-{n}==1.{n}.0 --hash=sha256:{digest}" for n in range(50)),
            *(f'"integrity": "sha512-{"Ab1+/cD" * 12}=="' for _ in range(50)),
            *(f"golang.org/x/mod{n} v0.{n}.0 h1:{'Zx9/' * 10}=" for n in range(50)),
            *(f'checksum = "{digest}"' for _ in range(50)),
            *(f"  image: ghcr.io/a/b{n}@sha256:{digest}" for n in range(50)),
            *(f"- uses: a/b{n}@{digest[:40]} # v4" for n in range(50)),
            *(f'"js-tokens{n}": "^{n}.0.17",' for n in range(50)),
        ]
    )
    assert Redactor().redact(text) == text
