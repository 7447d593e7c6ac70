"""``/help keys`` says what the keys are: the table is held against the bindings themselves."""

from __future__ import annotations

import pytest
from chat_stage import Stage

from devops_exe.terminal.keys import BOUND, KEYS, LIBRARY
from devops_exe.terminal.prompt import bindings


def pressed() -> set[str]:
    """The keys that the program binds, as the library names them."""
    stage = Stage()
    return {
        " ".join(getattr(key, "value", str(key)) for key in one.keys)
        for one in bindings(app=stage.app).bindings
    }


def test_every_binding_of_ours_stands_in_the_table_and_no_other() -> None:
    named = {key for keys in BOUND.values() for key in keys}
    assert pressed() == named


def test_every_row_is_bound_by_us_or_named_as_the_librarys() -> None:
    names = {one.name for one in KEYS}
    assert set(BOUND) | set(LIBRARY) == names
    assert len(names) == len(KEYS)


@pytest.mark.parametrize("name", sorted(LIBRARY))
def test_what_is_left_to_the_library_is_bound_there(name: str) -> None:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.input import DummyInput
    from prompt_toolkit.key_binding.defaults import load_key_bindings
    from prompt_toolkit.output import DummyOutput

    keys = set()
    session: PromptSession[str] = PromptSession(
        input=DummyInput(), output=DummyOutput(), enable_open_in_editor=True, enable_suspend=True
    )
    registries = [load_key_bindings(), session.app.key_bindings]
    for registry in registries:
        assert registry is not None
        for one in registry.bindings:
            keys.add(" ".join(getattr(key, "value", str(key)) for key in one.keys))
    assert set(LIBRARY[name]) <= keys, name


def test_help_keys_prints_every_row() -> None:
    stage = Stage("--width", "100")
    stage.say("/help keys")
    told = " ".join(stage.out.split())
    for one in KEYS:
        assert one.shown in told
        assert one.does in told
