from __future__ import annotations

from pathlib import Path

import pytest
from blueprint_samples import SAMPLE, part

from devops_exe.blueprint.model import Figure
from devops_exe.blueprint.render import bar, render
from devops_exe.ground.errors import UserError
from devops_exe.ground.text import cells

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("width", [39, 80, 100])
def test_the_whole_document(width: int) -> None:
    assert render(SAMPLE, width) + "\n" == (GOLDEN / f"sample_{width}.txt").read_text("utf-8")


@pytest.mark.parametrize("kind", ["pipeline", "deploy", "rollback", "scale"])
def test_each_part(kind: str) -> None:
    text = render(part(kind))  # type: ignore[arg-type]
    assert text + "\n" == (GOLDEN / f"part_{kind}.txt").read_text("utf-8")


@pytest.mark.parametrize("width", [38, 101, 0, -1])
def test_a_width_out_of_range_is_bad_input(width: int) -> None:
    with pytest.raises(UserError, match="out of range"):
        render(SAMPLE, width)


@pytest.mark.parametrize("width", range(39, 101))
def test_every_box_line_is_exactly_as_wide_as_asked(width: int) -> None:
    for line in render(SAMPLE, width).split("\n"):
        if line.startswith(("┌", "│", "└")):
            assert cells(line) == width
        elif not line.startswith("|"):
            assert cells(line) <= max(width, 39)


@pytest.mark.parametrize(
    ("percentage", "full"),
    [("0", 0), ("4.99", 0), ("5", 1), ("40", 4), ("94.99", 9), ("95", 10), ("100", 10), ("250", 10),
     ("-3", 0)],
)  # fmt: skip
def test_bars_round_half_up(percentage: str, full: int) -> None:
    assert bar(percentage) == "█" * full + "░" * (10 - full)


def test_the_seeds_lines_letter_for_letter() -> None:
    assert SAMPLE.strategy is not None
    strategy = SAMPLE.strategy.model_copy(
        update={
            "traffic_old": Figure.of("40", "percent"),
            "traffic_new": Figure.of("60", "percent"),
        }
    )
    lines = render(SAMPLE.model_copy(update={"strategy": strategy})).split("\n")
    assert "│  Old: ████░░░░░░ 40%                │" in lines
    assert "│  New: ██████░░░░ 60%                │" in lines
    assert "│       DEPLOYMENT ARCHITECTURE       │" in lines
    assert "│  RTO: 4.5 minutes                   │" in lines
    assert "│     └─→ Canary by Argo Rollouts     │" in lines
    assert lines[-1] == "DevOps Status: ● Pipeline Active"
