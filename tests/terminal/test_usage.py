from __future__ import annotations

import pytest

from devops_exe.ground.options import OPTIONS
from devops_exe.ground.text import cells
from devops_exe.terminal.commands import COMMANDS
from devops_exe.terminal.usage import CALLS, usage


def test_the_help_lists_what_is_built_and_fits_eighty_columns() -> None:
    text = usage()
    assert max(map(cells, text.splitlines())) <= 80
    for command in COMMANDS:
        assert (f"/{command.name}" in text.split()) == command.built
    own = {"artifacts", "out", "pin", "format", "prometheus", "act"}
    for option in OPTIONS:
        assert (f"--{option.name}" in text) == (option.name not in own), option.name


@pytest.mark.parametrize("call", [call for call, _, _ in CALLS if " " in call], ids=str)
def test_a_sub_command_has_its_own(call: str) -> None:
    name = call.split()[0]
    text = usage([name])
    assert text.startswith(f"devops-exe {name}") or name == "devops-exe"


def test_its_own_options_are_listed_there() -> None:
    assert "--schema" in usage(["calc"])
    assert "not built yet" in usage(["drill"])
    assert usage(["nothing"]) == usage()
