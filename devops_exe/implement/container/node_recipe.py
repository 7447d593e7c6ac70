"""Images of Node.js: built with all dependencies, run with those of production."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.container.recipe import apt, cached, copies_by_folder, copy, lines

if TYPE_CHECKING:
    from devops_exe.implement.container.recipe import Recipe

_INIT = "Node.js ignores SIGTERM as the first process unless the code listens for it"


def node(recipe: Recipe) -> None:
    """Fill a recipe for Node.js."""
    tree, stack = recipe.tree, recipe.stack
    cache = str(stack.row.get("cache", "/root/.npm"))
    build = ["WORKDIR /app"]
    prisma = tree.has("prisma/schema.prisma")
    if prisma:
        # the engine of Prisma links against it
        build.append(apt(["openssl", "ca-certificates"]))
        recipe.packages += ["openssl", "ca-certificates"]
    build += copies_by_folder(stack.manifests)
    if tree.has(".yarnrc.yml"):
        build.append(copy(".yarnrc.yml"))
    if prisma:
        build.append(copy("prisma", to="./prisma"))
    build.append(cached(lines(stack.image_install), cache))
    build.append(copy(".", to="."))
    made = (*stack.build, *_pruned(recipe))
    if made:
        build.append(f"RUN {lines(made)}")
    if recipe.how.install:
        build.append(cached(lines(recipe.how.install), "/root/.npm"))
    recipe.build = build
    recipe.environment = ["NODE_ENV=production"]
    recipe.run = ["WORKDIR /app", copy("/app", to="/app", stage="build")]
    if recipe.how.folder:
        recipe.run.append(copy(recipe.how.folder, to=recipe.how.folder, stage="build"))
    recipe.init = _INIT


def _pruned(recipe: Recipe) -> tuple[str, ...]:
    """Development's dependencies are taken out again, where the manager can."""
    if "yarn install --immutable" in recipe.stack.image_install:
        # the second generation of Yarn prunes by a plugin of the repository's own
        return ()
    command = recipe.stack.row.get("prune")
    return (str(command),) if command else ()
