from __future__ import annotations

import re

import pytest

from devops_exe import cli
from devops_exe.ground.options import OPTIONS
from devops_exe.ground.text import cells
from devops_exe.terminal.commands import COMMANDS
from devops_exe.terminal.usage import CALLS, usage


def test_the_help_lists_what_is_built_and_fits_eighty_columns() -> None:
    text = usage()
    assert max(map(cells, text.splitlines())) <= 80
    for command in COMMANDS:
        assert (f"/{command.name}" in text.split()) == command.built
    for option in OPTIONS:
        own = re.match(r"[a-z]+: ", option.summary) is not None
        in_a_call = any(f"--{option.name}" in call + what for call, what, _ in CALLS)
        assert (f"--{option.name}" in text) == (not own or in_a_call), option.name


def test_every_sub_command_that_is_built_is_listed_and_no_other() -> None:
    built = {call.split()[0] for call, _, built in CALLS if built} - {"devops-exe"}
    assert built == set(cli._SUB_COMMANDS)


@pytest.mark.parametrize("call", [call for call, _, _ in CALLS if " " in call], ids=str)
def test_a_sub_command_has_its_own(call: str) -> None:
    name = call.split()[0]
    text = usage([name])
    assert text.startswith(f"devops-exe {name}") or name == "devops-exe"


def test_its_own_options_are_listed_there() -> None:
    assert "--schema" in usage(["calc"])
    assert usage(["nothing"]) == usage()
