"""One process at a time: what it may take, see and reach."""

from __future__ import annotations

import socket
import sys
import threading
import time

import pytest

from devops_exe.implement.proof import limits
from devops_exe.implement.proof.limits import OUTPUT, environment, has_no_network, run


@pytest.fixture
def python(tmp_path):
    home = tmp_path / "home"
    home.mkdir()

    def start(code: str, **more: object) -> limits.Ran:
        given = {"folder": tmp_path, "home": home, "seconds": 20.0, **more}
        return run([sys.executable, "-I", "-c", code], **given)

    return start


def test_status_and_both_streams(python):
    ran = python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    assert (ran.status, ran.out, ran.err, ran.ended) == (3, "out\n", "err\n", "")


def test_it_is_ended_with_all_that_it_started(python, tmp_path):
    began = time.monotonic()
    ran = python(
        "import subprocess, sys, time\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "open('child', 'w').write(str(p.pid)); time.sleep(60)",
        seconds=1.5,
    )
    assert ran.ended == "took too long"
    assert ran.status is None
    assert time.monotonic() - began < 10
    child = int((tmp_path / "child").read_text())
    for _ in range(50):
        if not _runs(child):
            break
        time.sleep(0.1)
    assert not _runs(child)


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_flood_is_ended(python):
    ran = python("import sys\nwhile True: sys.stdout.write('x' * 65536)")
    assert ran.ended == "wrote too much"
    assert len(ran.out) <= OUTPUT + 65536


def test_a_stream_closed_early_does_not_hide_a_process_that_stays(python):
    ran = python("import os, time\nos.close(1); os.close(2); time.sleep(60)", seconds=1.0)
    assert ran.ended == "took too long"


def test_memory_is_limited(python):
    if not limits._fences(1, 1.0) or "prlimit" not in limits._fences(1, 1.0)[0]:
        pytest.skip("prlimit (util-linux) is not there")
    ran = python("x = bytearray(3 << 30); print(len(x))", memory=1 << 30)
    assert ran.status != 0
    assert "MemoryError" in ran.err


def test_secrets_stay_outside(python, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-planted")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "planted")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    ran = python("import os; print(sorted(os.environ)); print(os.environ)")
    assert "planted" not in ran.out
    assert "PROXY" not in ran.out.upper()


def test_the_home_is_an_empty_one(tmp_path):
    given = environment(tmp_path)
    assert {given[name] for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME")} == {str(tmp_path)}
    assert set(given) & {"USER", "LOGNAME", "SSH_AUTH_SOCK"} == set()


def test_no_network(python):
    if not has_no_network():
        pytest.skip("this kernel lets this user have no network of his own")
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        ran = python(
            "import socket\n"
            f"try: socket.create_connection(('127.0.0.1', {port}), 2); print('reached')\n"
            "except OSError as e: print('cut off', e.errno)"
        )
    assert ran.out.startswith("cut off")


def test_what_does_not_start_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "_fences", lambda memory, seconds: ())
    ran = run([str(tmp_path / "none")], folder=tmp_path, home=tmp_path, seconds=1)
    assert ran.status is None
    assert ran.ended.startswith("does not start: ")


def test_standard_input_is_read_and_else_empty(python):
    assert python("import sys; print(sys.stdin.read()[::-1])", stdin=b"abc").out == "cba\n"
    assert python("import sys; print(repr(sys.stdin.read()))").out == "''\n"


def test_side_by_side(python):
    began = time.monotonic()
    threads = [
        threading.Thread(target=python, args=("import time; time.sleep(2)",)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began < 5.5
