"""Images of a workspace's service: the root is sent to the builder, the lock file holds."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from devops_exe.implement.container.recipe import cached, copies_by_folder, copy, lines

if TYPE_CHECKING:
    from devops_exe.implement.container.recipe import Recipe
    from devops_exe.implement.stack_workspace import Member, Workspace

_ROOT = ("package.json", "pnpm-workspace.yaml", ".npmrc", ".yarnrc.yml", ".pnpmfile.cjs")
_BESIDE = ("patches", ".yarn/releases", ".yarn/plugins", ".yarn/patches")


def fill_workspace(recipe: Recipe, workspace: Workspace) -> None:
    """The stages of a service that is a member of a workspace."""
    subject, cache = recipe.subject, str(recipe.stack.row.get("cache", "/root/.npm"))
    root = [name for name in (*_ROOT, workspace.lock) if subject.theirs(name)]
    manifests = tuple(posixpath.join(one, "package.json") for one in workspace.members)
    build = ["WORKDIR /app", *recipe.build, *copies_by_folder(tuple(root))]
    for folder in _BESIDE:
        if subject.matching(rf"{folder.replace('.', '[.]')}/.+"):
            build.append(copy(folder, to=f"./{folder}"))
    build.append("# every member's manifest: the lock file speaks of them all")
    build += copies_by_folder(manifests)
    build.append(cached(lines(_install(recipe, workspace)), cache))
    build.append(copy(".", to="."))
    made = [*_generate(recipe, workspace), *_builds(recipe, workspace), *_prune(recipe, workspace)]
    if made:
        build.append(f"RUN {lines(made)}")
    if recipe.how.install:
        build.append(cached(lines(recipe.how.install), "/root/.npm"))
    recipe.build = build
    recipe.run = [copy("/app", to="/app", stage="build"), f"WORKDIR /app/{recipe.stack.folder}"]
    if recipe.how.folder:
        recipe.run.append(copy(recipe.how.folder, to=recipe.how.folder, stage="build"))


def _install(recipe: Recipe, workspace: Workspace) -> tuple[str, ...]:
    commands = recipe.stack.image_install
    if recipe.stack.manager != "pnpm" or workspace.root_wants:
        return commands
    # the service and what it needs of the repository, nothing of the other services
    return (*commands[:-1], f"{commands[-1]} --filter {workspace.service.name}...")


def _generate(recipe: Recipe, workspace: Workspace) -> tuple[str, ...]:
    if not workspace.prisma:
        return ()
    one = workspace.service
    return (
        {
            "pnpm": f"pnpm --filter {one.name} exec prisma generate",
            "yarn": f"yarn workspace {one.name} run prisma generate",
        }.get(
            recipe.stack.manager,
            f"npm exec --no --workspace {one.folder} -- prisma generate",
        ),
    )


def _builds(recipe: Recipe, workspace: Workspace) -> tuple[str, ...]:
    def command(one: Member) -> str:
        return {
            "pnpm": f"pnpm --filter {one.name} run build",
            "yarn": f"yarn workspace {one.name} run build",
        }.get(recipe.stack.manager, f"npm run build --workspace {one.folder}")

    return tuple(command(one) for one in workspace.order if one.builds)


def _prune(recipe: Recipe, workspace: Workspace) -> tuple[str, ...]:
    """Npm and Yarn 1 prune a workspace; pnpm does not, nor Yarn without the generated client."""
    classic = recipe.stack.manager == "yarn" and "--immutable" not in " ".join(
        recipe.stack.image_install
    )
    if recipe.stack.manager == "npm" or (classic and not workspace.prisma):
        return (str(recipe.stack.row["prune"]),)
    return ()
