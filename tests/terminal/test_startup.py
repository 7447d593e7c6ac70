"""What a call loads, and what it must not: start-up is a feature."""

from __future__ import annotations

import subprocess
import sys

import pytest
from chat_stage import CHECKOUT

HEAVY = ("anthropic", "httpx", "rich", "prompt_toolkit", "asyncio", "wcwidth", "tenacity")

PROBE = """
import io, sys, contextlib
sys.stdin = io.StringIO({given!r})
sys.stdin.buffer = io.BytesIO({given!r}.encode())
from devops_exe.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    status = main({arguments!r})
print(int(status), *[name for name in {heavy!r} if name in sys.modules])
"""


def loaded(*arguments: str, given: str = "", heavy: tuple[str, ...] = HEAVY) -> list[str]:
    code = PROBE.format(given=given, arguments=list(arguments), heavy=heavy)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.split()


def test_version_loads_next_to_nothing() -> None:
    heavy = (*HEAVY, "yaml", "pydantic", "sqlite3", "json", "tomllib", "devops_exe.terminal.app",
             "typing", "dataclasses", "inspect", "devops_exe.ground.options")  # fmt: skip
    assert loaded("--version", heavy=heavy) == ["0"]


def test_calc_loads_its_calculator_only() -> None:
    heavy = (*HEAVY, "yaml", "sqlite3", "devops_exe.terminal.app", "devops_exe.design.scaling.hpa")
    given = '{"op": "budget", "slo_percent": 99.9}'
    assert loaded("calc", "slo", given=given, heavy=heavy) == ["0"]


def test_a_text_is_validated_without_calculators_and_the_scan_of_figures() -> None:
    text = subprocess.run(
        [sys.executable, "-m", "devops_exe", CHECKOUT],
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    heavy = (*HEAVY, "yaml", "sqlite3", "devops_exe.terminal.app", "devops_exe.design.ledger",
             "devops_exe.blueprint.support", "devops_exe.blueprint.numerals")  # fmt: skip
    assert loaded("validate", "-", given=text, heavy=heavy) == ["0"]


def test_a_document_without_a_repository_loads_no_reader() -> None:
    heavy = ("devops_exe.assess.walk", "devops_exe.assess.survey", "devops_exe.assess.rules",
             "devops_exe.assess.readers.kubernetes")  # fmt: skip
    assert loaded(CHECKOUT, heavy=heavy) == ["0"]


@pytest.mark.parametrize("kind", ["", "pipeline", "deploy", "rollback", "scale"])
def test_an_offline_document_loads_no_loop_no_painter_and_no_sdk(kind: str) -> None:
    line = CHECKOUT.replace("/devops", f"/devops {kind}")
    # the pipeline's file is printed with it, and its strings are held against YAML itself
    heavy = HEAVY if kind == "pipeline" else (*HEAVY, "yaml")
    assert loaded(line, heavy=heavy) == ["0"]


def test_offline_words_and_session_commands_load_no_more() -> None:
    given = f"{CHECKOUT}\nuse canary\n/why RTO\n/ledger\n/help\n/sessions\n"
    assert loaded(given=given, heavy=(*HEAVY, "yaml")) == ["0"]
