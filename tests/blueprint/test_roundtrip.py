from __future__ import annotations

from blueprint_samples import blueprints
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.blueprint.model import Blueprint
from devops_exe.blueprint.render import render
from devops_exe.ground.text import cells


@settings(max_examples=100, deadline=None)
@given(blueprints(), st.integers(39, 100))
def test_widths(blueprint: Blueprint, width: int) -> None:
    for line in render(blueprint, width).split("\n"):
        if line.startswith(("┌", "│", "└")):
            assert cells(line) == width
        elif not line.startswith("|"):
            assert cells(line) <= width
