"""Services of npm, pnpm and Yarn workspaces: built from the root, by its lock file, or not."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from stack_subjects import subject, tool, write_tree

from devops_exe.implement.container import generate
from devops_exe.implement.pipeline.names import context, dockerfile
from devops_exe.implement.stack_workspace import workspace_of

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.implement.subject import Subject

ORDERS = {
    "name": "@mono/orders",
    "scripts": {"build": "tsc", "start": "node dist/main.js"},
    "dependencies": {"express": "4", "@mono/shared": "*", "@prisma/client": "5"},
    "devDependencies": {"prisma": "5"},
}
LOCKS = {
    "pnpm": ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n"),
    "npm": ("package-lock.json", "{}"),
    "yarn": ("yarn.lock", "# yarn lockfile v1\n"),
}


def tree(manager: str, **changes: Any) -> dict[str, str]:
    lock, text = LOCKS[manager]
    files = {
        "package.json": json.dumps(
            {"name": "mono", "private": True, "workspaces": ["apps/*", "libs/**", "!libs/old"]}
        ),
        lock: text,
        "apps/orders/package.json": json.dumps({**ORDERS, **changes}),
        "apps/orders/prisma/schema.prisma": 'datasource db { provider = "postgresql" }',
        "apps/orders/src/main.ts": "",
        "apps/web/package.json": '{"name":"@mono/web"}',
        "libs/shared/package.json": '{"name":"@mono/shared","scripts":{"build":"tsc"},'
        '"dependencies":{"@mono/types":"*"}}',
        "libs/types/package.json": '{"name":"@mono/types","scripts":{"build":"tsc"}}',
        "libs/old/package.json": '{"name":"@mono/old"}',
    }
    if manager == "pnpm":
        files["pnpm-workspace.yaml"] = "packages: ['apps/*', 'libs/**', '!libs/old']\n"
    return files


def of(root: Path, files: dict[str, str]) -> Subject:
    return subject(write_tree(root, files), language="typescript", system="orders")


def texts(one: Subject) -> dict[str, str]:
    return {a.path: a.text for a in generate(one).artefacts}


BUILDS = {
    "pnpm": (
        "pnpm install --frozen-lockfile --filter @mono/orders...",
        "pnpm --filter @mono/orders exec prisma generate",
        "pnpm --filter @mono/types run build",
        "pnpm --filter @mono/shared run build",
        "pnpm --filter @mono/orders run build",
    ),
    "npm": (
        "npm ci",
        "npm exec --no --workspace apps/orders -- prisma generate",
        "npm run build --workspace libs/types",
        "npm run build --workspace libs/shared",
        "npm run build --workspace apps/orders",
        "npm prune --omit=dev",
    ),
    "yarn": (
        "yarn install --frozen-lockfile",
        "yarn workspace @mono/orders run prisma generate",
        "yarn workspace @mono/types run build",
        "yarn workspace @mono/shared run build",
        "yarn workspace @mono/orders run build",
    ),
}


@pytest.mark.parametrize("manager", sorted(BUILDS))
def test_the_root_is_built_in_the_order_of_the_libraries(tmp_path: Path, manager: str) -> None:
    one = of(tmp_path, tree(manager))
    made = texts(one)
    text = made["apps/orders/Dockerfile"]
    places = [text.index(line) for line in BUILDS[manager]]
    assert places == sorted(places)
    lock = LOCKS[manager][0]
    assert lock in next(x for x in text.splitlines() if x.startswith("COPY package.json "))
    assert "COPY libs/types/package.json ./libs/types/" in text
    assert "COPY apps/web/package.json ./apps/web/" in text
    assert "libs/old" not in text
    assert "WORKDIR /app/apps/orders" in text
    assert (context(one), dockerfile(one)) == (".", "apps/orders/Dockerfile")
    assert {".dockerignore", "compose.yaml"} <= set(made)
    assert "**/node_modules" in made[".dockerignore"].splitlines()
    build = yaml.safe_load(made["compose.yaml"])["services"]["orders"]["build"]
    assert build == {"context": ".", "dockerfile": "apps/orders/Dockerfile"}


@pytest.mark.parametrize("manager", sorted(BUILDS))
def test_hadolint_takes_images_of_workspaces(tmp_path: Path, manager: str) -> None:
    hadolint = tool("hadolint")
    path = tmp_path / "Dockerfile"
    path.write_text(texts(of(tmp_path / "r", tree(manager)))["apps/orders/Dockerfile"])
    done = subprocess.run(
        [hadolint, "--no-color", str(path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_a_second_run_writes_the_same(tmp_path: Path) -> None:
    files = tree("pnpm")
    first = texts(of(tmp_path, files))
    again = of(tmp_path, {**files, **first})
    assert texts(again) == first
    assert context(again) == "."


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"pnpm-lock.yaml": None}, "the root has no lock file"),
        ({"pnpm-lock.yaml": None, "bun.lock": "{}"}, "bun.lock of the root has no recipe"),
        (
            {"pnpm-lock.yaml": None, "yarn.lock": "__metadata:\n  version: 8\n"},
            "Yarn's Plug'n'Play",
        ),
        ({"libs/shared/package.json": '{"name":"@mono/shared && x"}'}, ""),
        (
            {
                "apps/orders/package.json": json.dumps(
                    {**ORDERS, "scripts": {"start": "node dist/a.js"}}
                )
            },
            "no script build that makes dist/a.js",
        ),
        (
            {"apps/orders/package.json": json.dumps({**ORDERS, "name": "a $(b)"})},
            "has no name by which it could be built",
        ),
    ],
)
def test_no_wrong_dockerfile_without_a_word(
    tmp_path: Path, files: dict[str, str | None], said: str
) -> None:
    kept = {**tree("pnpm"), **files}
    one = of(tmp_path, {name: text for name, text in kept.items() if text is not None})
    made = generate(one)
    if not said:
        # a package that nobody needs by that name is no part of the build
        assert "&& x" not in texts(one)["apps/orders/Dockerfile"]
        return
    assert not any(a.kind == "dockerfile" for a in made.artefacts)
    assert any(note.startswith("no Dockerfile: apps/orders is a member") for note in made.notes)
    assert any(said in note for note in made.notes)


def test_a_service_with_its_own_lock_file_stands_alone(tmp_path: Path) -> None:
    one = of(tmp_path, {**tree("npm"), "apps/orders/package-lock.json": "{}"})
    assert workspace_of(one) is None
    assert context(one) == "apps/orders"
