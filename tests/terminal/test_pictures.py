from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from chat_stage import CHECKOUT, Stage

from devops_exe.agent.session import OfflineWriter, Session
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import cells
from devops_exe.terminal.turn import drive
from devops_exe.terminal.view.ascii import to_ascii
from devops_exe.terminal.view.pictures import PICTURES, bar, picture, steps_of

if TYPE_CHECKING:
    from devops_exe.blueprint.dossier import Dossier

STRATEGIES = ("", "canary", "rolling", "recreate, downtime is fine", "a/b testing", "blue-green")


@cache
def dossier(more: str = "") -> Dossier:
    session = Session(OfflineWriter())
    for _ in drive(session.answer(f"{CHECKOUT}, {more}" if more else CHECKOUT)):
        pass
    assert session.current is not None
    return session.current


@pytest.mark.parametrize("width", [120, 80, 60, 40, 20])
@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("more", STRATEGIES)
def test_a_picture_fits_its_width_in_each_alphabet(more: str, name: str, width: int) -> None:
    for plain in (False, True):
        lines = picture(dossier(more), name, width, plain=plain)
        longest_word = max(len(word) for line in lines for word in line.split())
        for text in ("\n".join(lines), to_ascii("\n".join(lines))):
            for line in text.split("\n"):
                # at 20 columns a long word gets a line of its own; ASCII may grow an arrow
                assert cells(line) <= max(width, longest_word + 16) + text.isascii() * 2
        assert to_ascii("\n".join(lines)).isascii()
        assert "?" not in to_ascii("\n".join(lines))
        if plain:
            assert not set("".join(lines)) & set("█░│┌─")


def numbers(text: str) -> list[float]:
    text = re.sub(r"\[[^]]*\]", "", text)  # the entries' own names
    return [float(one.replace(",", "")) for one in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]


def test_the_rollout_of_a_canary_is_the_ledgers() -> None:
    found = dossier("canary")
    assert found.plan is not None
    bake = found.plan.entry("bake")
    steps, sources = steps_of(found.plan)
    assert [one.new_percent for one in steps[:-1]] == bake.outputs["weights_percent"]
    assert [one.seconds for one in steps[:-1]] == bake.outputs["step_seconds"]
    assert (steps[-1].new_percent, steps[-1].seconds) == (100, None)
    assert sources == (bake.id,)
    lines = picture(found, "rollout", 80)
    assert lines[0] == f"Rollout: Canary, 15 min in all [{bake.id}]"
    drawn = [line for line in lines if "█" in line]
    assert [line.split("%")[0].strip() for line in drawn] == ["100", "50", "25", "10"]
    assert drawn[-1].index("█") < drawn[-2].index("█") < drawn[-3].index("█")
    assert len({line.count("█") for line in drawn[1:]}) == 1  # equal times, equal lengths
    assert lines[5].split() == ["0", "s", "5", "min", "10", "min", "15", "min"]


def test_the_burn_of_each_strategy_is_the_ledgers() -> None:
    found = dossier("canary")
    assert found.plan is not None
    rows = found.plan.entry("risk").outputs["strategies"]
    assert isinstance(rows, dict)
    lines = picture(found, "budget", 80)
    for name, row in rows.items():
        line = next(one for one in lines if name in one)
        assert f"{row['risk_percent_of_budget']:.2g} % {row['risk']}" in line
        assert line.startswith("→") == (name == "Canary")
    assert "21.6 min of 30 d" in lines[0]
    longest = max(rows, key=lambda one: rows[one]["risk_percent_of_budget"])
    assert "░" not in next(one for one in lines if longest in one)


def test_replicas_are_the_ledgers() -> None:
    found = dossier()
    assert found.plan is not None
    lines = picture(found, "replicas", 80)
    for role, line in zip(("average", "peak", "twice"), lines[1:4], strict=True):
        entry = found.plan.entry(role)
        assert numbers(line) == [
            entry.inputs["arrival_rps"],
            entry.outputs["total_replicas"],
            entry.outputs["replicas_needed"],
        ]
    lengths = [line.count("█") + line.count("░") for line in lines[1:4]]
    assert lengths == sorted(lengths)


def test_many_waves_are_told_together() -> None:
    found = dossier("rolling, max surge 1, max unavailable 0")
    assert found.plan is not None
    waves = found.plan.entry("rolling").count("waves")
    assert waves > 5
    text = "\n".join(picture(found, "rollout", 80))
    assert f"waves 3 to {waves}" in text
    assert len(text.split("\n")) < 14


@pytest.mark.parametrize(
    ("words", "title"),
    [("rollout", "Rollout:"), ("error budget", "Error budget:"), ("replicas", "Replicas against"),
     ("Strategy", "Error budget:")],
)  # fmt: skip
def test_why_and_show_draw(words: str, title: str) -> None:
    stage = Stage()
    stage.say(f"{CHECKOUT}, canary")
    stage.say(f"/why {words}")
    assert f"\n\n{title}" in stage.out
    stage.say("/why RTO")
    assert "█" not in stage.out
    for name in PICTURES:
        assert stage.say(f"/show {name}") == 0
        assert stage.out
    assert stage.say("/show nothing") == 2
    assert "name one of rollout, budget, replicas, pipeline" in stage.err


def test_nothing_to_draw_is_said() -> None:
    stage = Stage()
    assert stage.say("/show rollout") == 2
    assert "no document is current" in stage.err
    with pytest.raises(UserError, match="has none"):
        picture(scaled(), "pipeline", 80)


def scaled() -> Dossier:
    stage = Stage()
    stage.say("/scale checkout-api on EKS, 1200 rps")
    assert stage.app.session.current is not None
    return stage.app.session.current


@pytest.mark.parametrize("room", [1, 7, 40])
def test_a_bar_keeps_its_room_and_shows_the_smallest(room: int) -> None:
    for value in (0, 0.001, 1, 2, 3):
        assert cells(bar(value, 2, room)) == room
    assert bar(0.001, 2, room)[0] == "│"
    assert bar(3, 2, room) == "█" * room
