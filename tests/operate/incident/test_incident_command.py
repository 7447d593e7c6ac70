"""``/incident`` as it is called, and a Prometheus on this machine."""

from __future__ import annotations

import io
import json
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from devops_exe.cli import main
from devops_exe.ground.errors import EngineError, UserError
from devops_exe.operate.incident import prometheus
from devops_exe.operate.incident.prometheus import Server, points, read_prometheus

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
TEXT = "2026-11-24 14:02 UTC deployed v1.5.0\n14:05 5xx at 12 %\n14:20 recovered\n"
ROLLBACK = (
    "/rollback v1.4.2 from v1.5.0 checkout-api on EKS, rolling, 600 rps, 99.95 %, GitHub Actions"
)


@pytest.fixture(autouse=True)
def _clock(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
    monkeypatch.chdir(tmp_path)


def piped(monkeypatch, *lines: str) -> None:
    data = "\n".join(lines).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def test_a_pasted_text_is_led_through_and_reviewed_later(monkeypatch, capsys, tmp_path) -> None:
    (tmp_path / "what.txt").write_text(TEXT)
    piped(monkeypatch, ROLLBACK, "/incident @what.txt", "/incident review")
    assert main(["--quiet"]) in {0, 1}
    out = capsys.readouterr().out
    assert "INCIDENT checkout-api · SEV2 · over after 15 min" in out
    assert "| detect | 3 min |" in out


def test_the_one_line_form_works(capsys) -> None:
    assert main(["--json", "/incident", "14:02 UTC deployed v1.5.0, 14:05 5xx at 12 %"]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    assert data["change"]["text"] == "deployed v1.5.0"
    assert data["change"]["certain"] is False
    assert data["severity"] is None


def test_more_is_added_to_it(capsys) -> None:
    assert main(["/incident", "14:05 UTC 5xx at 12 %"]) == 0
    assert "open for 55 min" in capsys.readouterr().out
    assert main(["/incident", "add 14:20 UTC recovered"]) == 0
    assert "over after 15 min" in capsys.readouterr().out
    assert main(["/incident"]) == 0
    assert "over after 15 min" in capsys.readouterr().out


def test_ten_thousand_pasted_alerts_are_one_line_of_the_pipe(monkeypatch, capsys) -> None:
    alerts = [
        {"labels": {"alertname": "Burn", "pod": f"p{i}"}, "startsAt": "2026-11-24T14:05:00Z"}
        for i in range(10_000)
    ]
    piped(monkeypatch, f"/incident {json.dumps(alerts)}")
    assert main(["--quiet"]) == 0
    assert "alert Burn fires (10000 alerts)" in capsys.readouterr().out


def test_a_secret_is_on_no_screen_and_in_no_file(capsys, tmp_path_factory) -> None:
    import os
    from pathlib import Path

    token = "ghp_" + "a1B2" * 9
    assert main(["/incident", f"14:05 UTC errors with token={token} \x1b[2J"]) == 0
    told = capsys.readouterr()
    assert token not in told.out + told.err
    assert "\x1b[2J" not in told.out
    for path in Path(os.environ["XDG_STATE_HOME"]).parent.rglob("*"):
        if path.is_file():
            assert token.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["/incident"], "what happened is not said"),
        (["/incident", "review"], "no incident"),
        (["/incident", "@none.json"], "there is no such file"),
        (["/incident", "@."], "no such file"),
        (["/incident", "{"], "is none"),
        (["/incident", "[]"], "nothing fires"),
        (["/incident", "{}"], "no alerts"),
        (["/incident", "@empty.txt"], "it is empty"),
        (["/incident", "http://"], "no address"),
        (["/incident", "http://[::1"], "no address"),
    ],
)
def test_bad_input_is_one_line_and_status_two(words, what, capsys, tmp_path) -> None:
    (tmp_path / "empty.txt").write_text(" \n")
    assert main(words) == 2
    told = capsys.readouterr()
    assert what in told.err
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    "data",
    [b"\x7fELF\0\0 14:02 deployed", "14:02 deployed".encode("utf-16"), bytes(range(128, 256)) * 9],
)
def test_a_file_that_is_no_text_is_refused(data: bytes, capsys, tmp_path) -> None:
    (tmp_path / "some.bin").write_bytes(data)
    assert main(["/incident", "@some.bin"]) == 2
    assert "no text" in capsys.readouterr().err


def test_a_log_of_another_encoding_is_read(capsys, tmp_path) -> None:
    (tmp_path / "some.log").write_bytes("14:02 UTC déployé: deployed v1.5.0\n".encode("latin-1"))
    assert main(["/incident", "@some.log"]) == 0
    assert "deployed v1.5.0" in capsys.readouterr().out


def test_lines_are_wrapped_at_the_width_of_the_screen(monkeypatch, capsys) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    said = "14:02 UTC deployed v1.5.0, 14:05 5xx at 12 %"
    assert main(["/incident", said]) == 0
    assert max(len(line) for line in capsys.readouterr().out.splitlines()) <= 80
    assert main(["--width", "60", "/incident", said]) == 0
    assert max(len(line) for line in capsys.readouterr().out.splitlines()) <= 60


def test_a_file_that_is_too_large_is_refused(monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.setattr("devops_exe.terminal.replies.incident.LARGEST_INPUT", 1000)
    (tmp_path / "big.txt").write_text("x" * 2000)
    assert main(["/incident", "@big.txt"]) == 2
    assert "MiB" in capsys.readouterr().err


# ── Prometheus ───────────────────────────────────────────────────────────────────────────────


@contextmanager
def server(answers: dict[str, object]) -> Iterator[tuple[str, list[str], list[str]]]:
    """A server that answers by path: text, object, or (status, headers, text)."""
    asked: list[str] = []
    leave: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            leave.append(self.headers.get("Authorization", ""))
            answer = answers.get(urlsplit(self.path).path, (404, {}, ""))
            if callable(answer):
                answer = answer(parse_qs(urlsplit(self.path).query))
            status, headers, text = answer if isinstance(answer, tuple) else (200, {}, answer)
            data = (text if isinstance(text, str) else json.dumps(text)).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_address[1]}", asked, leave
        finally:
            http.shutdown()
            thread.join()


FIRING = {
    "status": "success",
    "data": {
        "alerts": [
            {
                "labels": {"alertname": "Burn", "service": "checkout-api"},
                "annotations": {},
                "state": "firing",
                "activeAt": "2026-11-24T14:05:00Z",
                "value": "1",
            }
        ]
    },
}


def ratios(query: dict[str, list[str]]) -> object:
    if 'code=~"5.."' not in query["query"][0]:
        return {"status": "success", "data": {"resultType": "matrix", "result": []}}
    start = datetime(2026, 11, 24, 14, 5, tzinfo=UTC).timestamp()
    values = [[start - 600, "0"], [start, "0.12"], [start + 900, "NaN"], [start + 960, "0"]]
    return {"status": "success", "data": {"resultType": "matrix", "result": [{"values": values}]}}


def test_a_prometheus_says_what_fires_and_how_much_fails(monkeypatch, capsys) -> None:
    with server({"/api/v1/alerts": FIRING, "/api/v1/query_range": ratios}) as (url, asked, _):
        piped(monkeypatch, ROLLBACK, f"/incident {url}")
        assert main(["--quiet", "--json"]) in {0, 1}
    data = json.loads(capsys.readouterr().out.splitlines()[-1])["data"]
    assert data["firing"] == ["Burn"]
    # 16 min at 12 % are 115.2 s of the 1296 s that 99.95 % over 30 days allows
    assert data["burn"]["full_outage_seconds"] == pytest.approx(115.2)
    assert data["burn"]["budget_consumed_percent"] == pytest.approx(100 * 115.2 / 1296)
    assert "measured by Prometheus" in data["burn"]["basis"]
    assert [urlsplit(path).path for path in asked] == ["/api/v1/alerts", "/api/v1/query_range"]
    query = parse_qs(urlsplit(asked[1]).query)
    start, end, step = (float(query[name][0]) for name in ("start", "end", "step"))
    # the last point is this very moment, so that a fault of the last seconds has one
    assert end == NOW.timestamp()
    assert (end - start) % step == 0


def test_nothing_firing_is_said(capsys) -> None:
    quiet = {"status": "success", "data": {"alerts": []}}
    with server({"/api/v1/alerts": quiet}) as (url, _, _):
        assert main(["/incident", url]) == 0
    assert "nothing fires" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answers", "what"),
    [
        ({"/api/v1/alerts": "no json"}, "none of a Prometheus"),
        ({"/api/v1/alerts": {"status": "error"}}, "none of a Prometheus"),
        ({"/api/v1/alerts": (503, {}, "")}, "status 503"),
        ({}, "status 404"),
        ({"/api/v1/alerts": (302, {"Location": "http://127.0.0.1:1/x"}, "")}, "status 302"),
    ],
)
def test_a_server_that_is_none_fails_in_one_line(answers, what, capsys) -> None:
    with server(answers) as (url, _, _):
        assert main(["/incident", url]) == 3
    err = capsys.readouterr().err
    assert what in err
    assert err.count("\n") == 1


def test_nobody_there_is_status_three(capsys) -> None:
    assert main(["/incident", "http://127.0.0.1:9"]) == 3
    assert "cannot be reached" in capsys.readouterr().err


def test_an_answer_without_end_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(prometheus, "LARGEST_ANSWER", 1000)
    with (
        server({"/api/v1/alerts": "x" * 5000}) as (url, _, _),
        pytest.raises(EngineError, match="larger"),
    ):
        read_prometheus(url, (), NOW)


def test_user_and_password_go_to_the_server_and_to_no_screen(capsys) -> None:
    with server({"/api/v1/alerts": (401, {}, "")}) as (url, _, leave):
        assert main(["/incident", url.replace("http://", "http://me:s3cr3tPass@")]) == 3
    assert leave == ["Basic bWU6czNjcjN0UGFzcw=="]
    told = capsys.readouterr()
    assert "s3cr3tPass" not in told.out + told.err


@pytest.mark.parametrize(
    "url", ["ftp://x", "http://", "http:///x", "http://x:99999", "http://[::1", "file:///etc"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UserError):
        Server.of(url)


def test_a_longer_address_is_its_server() -> None:
    for tail in ("", "/", "/graph", "/alerts", "/api/v1/alerts", "/api/v1/query_range"):
        assert Server.of(f"https://prom.example:9090{tail}").base == "https://prom.example:9090"
    assert Server.of("https://x.example/prometheus/graph").base == "https://x.example/prometheus"
    assert Server.of("http://[::1]:9090").loopback


@pytest.mark.parametrize(
    "text", ["", "{}", '{"data": 3}', '{"data": {"result": [{"values": [[1]]}]}}', "[" * 99999]
)
def test_a_range_that_cannot_be_read_is_no_share(text: str) -> None:
    assert points(text) == ()
