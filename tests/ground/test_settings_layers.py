"""Every setting from every layer: flag, environment, project file, user file, default."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from devops_exe.ground.errors import UserError
from devops_exe.ground.options import OPTIONS, Option, parse_arguments
from devops_exe.ground.settings import PROJECT_FILE, Settings, read_settings

if TYPE_CHECKING:
    from pathlib import Path

SET = [option for option in OPTIONS if option.environment]
FORBIDDEN = {"engine", "model", "base-url", "confirm", "repo"}
LIMITS = {"max-rounds": 9, "max-tokens": 900, "timeout": 90}


def values(option: Option) -> list[str]:
    """Four values of an option that differ where its kind allows it, the tightest last."""
    if option.kind == "flag":
        return ["true", "false", "true", "false"]
    if option.name == "mode":
        return ["auto-edit", "plan", "ask", "auto-edit"]
    if option.choices:
        return [option.choices[i % len(option.choices)] for i in range(4)]
    if option.name in LIMITS:
        return [str(LIMITS[option.name] - number) for number in (0, 1, 3, 2)]
    if option.kind in {"count", "seconds"}:
        return ["50", "60", "70", "80"]
    return ["abcd", "bcde", "cdef", "defa"]


def literal(option: Option, value: str) -> str:
    return value if option.kind in {"flag", "count", "seconds"} else f'"{value}"'


class Place:
    def __init__(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "project"
        self.config = tmp_path / "config"
        for folder in (self.folder, self.config):
            folder.mkdir()
        self.environment = {"DEVOPS_EXE_CONFIG_DIR": str(self.config)}

    def user(self, text: str, mode: int = 0o600) -> None:
        path = self.config / "config.toml"
        path.write_text(text)
        path.chmod(mode)

    def project(self, text: str) -> None:
        (self.folder / PROJECT_FILE).write_text(text)

    def read(self, *flags: str, **more: str) -> Settings:
        environment = {**self.environment, **more}
        return read_settings(parse_arguments(flags), environment, self.folder)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize("option", SET, ids=lambda one: one.name)
def test_the_nearer_layer_wins_and_says_so(place: Place, option: Option) -> None:
    flag, variable, project, user = values(option)
    name = option.name
    key = name.replace("-", "_")
    default = place.read().values.get(name)
    assert default is None or default.whence == "default"

    place.user(f"# mine\n{key} = {literal(option, user)}\n")
    found = place.read().values[name]
    assert (found.value, found.whence) == (user, "user file")
    assert found.where.endswith("config.toml:2")

    if name in FORBIDDEN:
        place.project(f"{key} = {literal(option, project)}\n")
        with pytest.raises(UserError, match="may not set") as refused:
            place.read()
        assert refused.value.where.endswith(f"{PROJECT_FILE}:1")
        (place.folder / PROJECT_FILE).unlink()
    else:
        place.project(f"{key} = {literal(option, project)}\n")
        found = place.read().values[name]
        assert (found.value, found.whence) == (project, "project file")

    found = place.read(**{option.variable: variable}).values[name]
    assert (found.value, found.whence, found.where) == (variable, "environment", option.variable)

    given = f"--{name}={flag}"
    found = place.read(given, **{option.variable: variable}).values[name]
    assert (found.value, found.whence, found.where) == (flag, "flag", f"--{name}")


@pytest.mark.parametrize("name", LIMITS)
def test_a_project_file_lowers_a_limit_and_does_not_raise_it(place: Place, name: str) -> None:
    key = name.replace("-", "_")
    place.user(f"{key} = 50\n")
    place.project(f"\n{key} = 40\n")
    assert place.read().values[name].value == "40"
    place.project(f"\n{key} = 60\n")
    found = place.read()
    assert found.values[name].value == "50"
    assert f"{PROJECT_FILE}:2: a project file may lower {name}" in found.warnings[0]
    (place.config / "config.toml").unlink()
    place.project(f"{key} = 99999999\n")
    assert place.read().values[name].whence == "default"


def test_a_project_file_forbids_writing_and_does_not_allow_it(place: Place) -> None:
    place.project("read_only = true\n")
    assert place.read().flag("read-only")
    place.user("read_only = true\n")
    place.project("read_only = false\n")
    found = place.read()
    assert found.flag("read-only")
    assert "may not lift read-only" in found.warnings[0]


def test_a_project_file_tightens_the_mode_and_does_not_loosen_it(place: Place) -> None:
    place.project('mode = "auto-edit"\n')
    assert place.read().values["mode"].value == "ask"
    assert "may tighten mode only" in place.read().warnings[0]
    place.project('mode = "plan"\n')
    assert place.read().values["mode"].value == "plan"
    assert place.read().warnings == ()


def test_a_key_counts_only_from_a_file_that_nobody_else_reads(place: Place) -> None:
    place.user('api_key = "sk-secret"\n', mode=0o644)
    with pytest.raises(UserError, match="others can read it") as refused:
        place.read()
    assert "chmod 600" in refused.value.fix
    assert "sk-secret" not in refused.value.line()
    place.user('api_key = "sk-secret"\n')
    found = place.read()
    assert found.key is not None
    assert found.key.value == "sk-secret"
    assert "api-key" not in found.values
    assert "sk-secret" not in repr(found)
    place.project('api_key = "sk-other"\n')
    with pytest.raises(UserError, match="may not set api_key"):
        place.read()


def test_an_unknown_key_is_a_warning_with_line_and_suggestion(place: Place) -> None:
    place.user('# mine\n\nediitng = "vi"\n')
    assert (
        place.read()
        .warnings[0]
        .endswith("config.toml:3: unknown key ediitng; did you mean editing?")
    )
