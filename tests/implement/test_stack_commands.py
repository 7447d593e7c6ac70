"""Stacks: versions, managers and commands come from the repository before any default."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stack_subjects import REPOSITORIES, of_stack, subject, write_tree

from devops_exe.implement.stack import stack_of, table
from devops_exe.implement.stack_start import vector

if TYPE_CHECKING:
    from pathlib import Path

EXPECTED = {
    # name: language, version, manager, test, start
    "flask": ("python", "3.13", "pip", "python -m pytest", "gunicorn wsgi:app"),
    "django": (
        "python", "3.13", "poetry", "poetry run python manage.py test", "gunicorn shop.wsgi",
    ),
    "fastapi": ("python", "3.13", "uv", "uv run python -m pytest", "uvicorn app.main:api"),
    "express": ("node", "22", "npm", "npm run test", "node server.js"),
    "nest": ("node", "24", "pnpm", "", "node dist/main"),
    "next": ("node", "24", "yarn", "", "node node_modules/next/dist/bin/next start"),
    "bun": ("node", "24", "bun", "", "node dist/index.js"),
    "go": ("go", "1.24", "go", "go test -race ./...", "/server"),
    "maven": ("java", "17", "maven", "./mvnw -B -ntp verify", "java"),
    "gradle": ("kotlin", "21", "gradle", "", "java"),
    "rails": ("ruby", "3.3", "bundler", "bundle exec rspec", "bundle exec puma"),
    "laravel": ("php", "8.3", "composer", "vendor/bin/phpunit", "apache2-foreground"),
    "dotnet": (
        "dotnet", "8.0", "dotnet", "dotnet test --no-build --configuration Release",
        "dotnet Shop.Api.dll",
    ),
    "rust": ("rust", "1.98", "cargo", "cargo test --locked", "/server"),
    "phoenix": ("elixir", "1.18", "mix", "mix test", "/app/bin/hello start"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REPOSITORIES))
def test_the_repository_decides(tmp_path: Path, name: str) -> None:
    stack = stack_of(of_stack(tmp_path, name))
    language, version, manager, test, start = EXPECTED[name]
    assert (stack.language, stack.version, stack.manager) == (language, version, manager)
    assert stack.test == ((test,) if test else ())
    assert " ".join(stack.start).startswith(start)
    assert stack.build_image[1]
    assert "{" not in stack.build_image[1] + stack.run_image[1]
    assert stack.setup_action
    assert all("{" not in command for command in (*stack.install, *stack.image_install))


def test_without_a_repository_no_tests_are_invented() -> None:
    stack = stack_of(subject(language="python", framework="fastapi"))
    assert (stack.test, stack.lint) == ((), ())
    assert stack.source["start"].startswith("default")


def test_a_language_without_a_row_has_no_commands() -> None:
    stack = stack_of(subject(language="cobol"))
    assert stack.language == "cobol"
    assert (stack.install, stack.start, stack.build_image) == ((), (), ("", ""))


def test_development_requirements_are_installed_for_tests_and_not_for_the_image(
    tmp_path: Path,
) -> None:
    stack = stack_of(of_stack(tmp_path, "flask"))
    assert "requirements-dev.txt" in stack.install[0]
    assert all("dev" not in command for command in stack.image_install)
    assert stack.lint == ("ruff check .",)


def test_a_placeholder_script_is_no_test(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path,
        {
            "package.json": '{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1"},'
            '"dependencies":{"express":"4"}}'
        },
    )
    assert stack_of(subject(root, language="javascript")).test == ()


def test_names_of_scripts_that_a_shell_would_read_are_left_out(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path,
        {"package.json": '{"scripts":{"build; id":"x","build":"tsc"},"dependencies":{"koa":"2"}}'},
    )
    assert stack_of(subject(root, language="javascript")).build == ("npm run build",)


def test_a_service_of_its_own_folder_is_built_there(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path,
        {
            "services/cart/package.json": '{"dependencies":{"express":"4"}}',
            "services/cart/index.js": "",
            "services/pay/go.mod": "module pay\n\ngo 1.23\n",
            "services/pay/main.go": "package main\n",
        },
    )
    assert stack_of(subject(root, system="pay", language="go")).folder == "services/pay"


def test_a_project_of_a_solution_is_built_from_the_root(tmp_path: Path) -> None:
    assert stack_of(of_stack(tmp_path, "dotnet")).folder == "."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('["node", "a b.js"]', ("node", "a b.js")),
        ("python -m app", ("python", "-m", "app")),
        ("flask run --port $PORT", ("sh", "-c", "exec flask run --port $PORT")),
        ("a && b", ("sh", "-c", "a && b")),
        ("say 'unclosed", ("sh", "-c", "say 'unclosed")),
    ],
)
def test_command_lines_become_vectors(text: str, expected: tuple[str, ...]) -> None:
    assert vector(text) == expected


def test_every_manager_belongs_to_a_language_of_the_table() -> None:
    rows = table()
    for row in rows["manager"]:
        assert row["language"] in rows["language"]
        assert row["source"]


def test_requirement_files_that_are_included_are_manifests_too(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path,
        {
            "requirements.txt": "-r requirements/base.txt\n-c constraints.txt\n-r ../x.txt\n",
            "requirements/base.txt": "-r ../requirements.txt\nflask\n",
            "constraints.txt": "flask<4\n",
        },
    )
    assert set(stack_of(subject(root)).manifests) == {
        "requirements.txt",
        "requirements/base.txt",
        "constraints.txt",
    }


@pytest.mark.parametrize(
    ("files", "language", "version"),
    [
        (
            {"package.json": '{"engines":{"node":"20.x"},"dependencies":{"koa":"2"}}'},
            "javascript",
            "20",
        ),
        (
            {"package.json": '{"engines":{"node":">=18"},"dependencies":{"koa":"2"}}'},
            "javascript",
            "24",
        ),
        (
            {"Pipfile": '[requires]\npython_version = "3.11"\n', "Pipfile.lock": "{}"},
            "python",
            "3.11",
        ),
        ({"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.11"\n'}, "python", "3.13"),
        ({"Gemfile": 'ruby "3.2.2"\n'}, "ruby", "3.2"),
        ({"Cargo.toml": '[package]\nname="a"\nrust-version = "1.70"\n'}, "rust", "1.98"),
        ({"rust-toolchain.toml": '[toolchain]\nchannel = "1.82.0"\n'}, "rust", "1.82"),
        ({"rust-toolchain.toml": '[toolchain]\nchannel = "stable"\n'}, "rust", "1.98"),
    ],
)
def test_versions_are_read_where_they_are_declared(
    tmp_path: Path, files: dict[str, str], language: str, version: str
) -> None:
    assert stack_of(subject(write_tree(tmp_path, files), language=language)).version == version
