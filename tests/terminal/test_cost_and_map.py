"""Money at the user's own prices; the dependency map drawn; a call in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from chat_stage import CHECKOUT, Speaker, Stage, settings

from devops_exe.ground.errors import ExitStatus
from devops_exe.ground.locations import config_file
from devops_exe.ground.prices import Price, money
from devops_exe.ground.text import cells
from devops_exe.terminal.question import Person
from devops_exe.terminal.view.wrap import call_line


def prices(text: str) -> None:
    config_file().parent.mkdir(parents=True, exist_ok=True)
    config_file().write_text(text)


PRICED = "[prices.scripted]\ninput = 3.0\noutput = 15.0\ncache_read = 0.3\n"
# 4100 in, 800 out, 3600 read from the cache: 0.0123 + 0.012 + 0.00108 dollars


def test_money_is_named_at_your_prices_in_the_footer_and_by_cost() -> None:
    prices(PRICED)
    stage = Stage()
    stage.app.use(Speaker("ok"))
    stage.say("hello")
    assert stage.err.splitlines()[-1].endswith("2 round trips · $0.025")
    stage.say("/cost")
    assert stage.out == "in 7.7k (cached 3.6k) · out 800 · 2 round trips · 1 turn · $0.025\n"


def test_prices_are_listed_with_the_line_they_come_from() -> None:
    prices("# mine\n" + PRICED)
    stage = Stage()
    stage.say("/config")
    told = " ".join(stage.out.split())
    assert "prices.scripted input 3, output 15, cache_read 0.3, cache_write 3 user file:" in told
    assert "config.toml:2" in told


def test_without_a_price_no_money_is_named_and_cost_says_where_it_belongs() -> None:
    stage = Stage()
    stage.app.use(Speaker("ok"))
    stage.say("hello")
    assert "$" not in stage.err
    stage.say("/cost")
    assert "$" not in stage.out
    assert "no price is known for scripted: [prices.MODEL]" in " ".join(stage.out.split())


def test_prices_belong_to_the_user_and_must_be_numbers() -> None:
    Path(".devops-exe.toml").write_text(PRICED)
    read = settings()
    assert read.prices == {}
    assert "prices belong to your own file" in read.warnings[0]
    Path(".devops-exe.toml").unlink()
    prices('[prices.a]\ninput = "dear"\noutput = 1\n[prices.b]\ninput = 1\noutput = 2\n')
    read = settings()
    assert read.prices == {"b": Price(1.0, 2.0, 1.0, 1.0)}
    assert "config.toml:1: prices.a: input and output are numbers" in read.warnings[0]


@pytest.mark.parametrize("dollars", [1e-9, 0.00004, 0.0002, 0.004, 0.05, 0.5, 12.0, 1234.5])
def test_an_amount_is_never_nought(dollars: float) -> None:
    shown = money(dollars)
    assert any(digit in shown for digit in "123456789")
    assert not shown.endswith("$0.00")
    if not shown.startswith("<"):
        assert float(shown[1:].replace(",", "")) == pytest.approx(dollars, rel=0.05)


def test_the_dependency_map_is_exported_from_the_chat() -> None:
    folder = Path("shop")
    folder.mkdir()
    (folder / "compose.yaml").write_text(
        "services:\n  api:\n    build: ./api\n    depends_on: [db]\n    ports: ['8000:8000']\n"
        "  db:\n    image: postgres:16\n"
    )
    (folder / "api").mkdir()
    (folder / "api" / "Dockerfile").write_text("FROM python:3.12\n")
    stage = Stage()
    stage.say("/assess shop")
    assert stage.say("/export mermaid") == ExitStatus.OK
    assert "graph" in stage.out or "flowchart" in stage.out
    assert stage.say("/export svg map.svg") == ExitStatus.OK
    assert Path("map.svg").read_text().startswith("<svg ")
    assert stage.out.startswith("✓ map.svg")


def test_where_nothing_depends_on_anything_no_picture_is_made() -> None:
    stage = Stage()
    stage.say(CHECKOUT)
    assert stage.say("/export svg") == ExitStatus.USAGE
    assert "no dependency was found" in stage.err


@pytest.mark.parametrize("columns", [20, 40, 60, 80])
def test_a_call_that_is_too_long_keeps_its_result(columns: int) -> None:
    line = call_line("  ● scaling capacity(1,200 rps, 100 ms, 3 zones)", "258 replicas", columns)
    assert cells(line) <= columns
    if columns >= 40:
        assert line.endswith(") → 258 replicas")
    wide = call_line("  ● strategy(258 replicas, 99.95 %)", "Blue-Green, Low 0.17 %", 200)
    assert wide == "  ● strategy(258 replicas, 99.95 %) → Blue-Green, Low 0.17 %"


def test_writing_what_a_file_already_holds_asks_nothing() -> None:
    stage = Stage()
    stage.say(CHECKOUT)
    assert stage.say("/export text a.txt") == ExitStatus.OK
    stage.app.question = Person(lambda prompt: pytest.fail(prompt))
    assert stage.say("/export text a.txt") == ExitStatus.OK
