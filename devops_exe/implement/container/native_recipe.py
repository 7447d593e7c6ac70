"""Images of Go, Rust, .NET and Elixir: one program or release, and what it links against."""

from __future__ import annotations

import posixpath
import shlex
from typing import TYPE_CHECKING

from devops_exe.implement.container.recipe import apt, cached, copies_by_folder, copy, lines
from devops_exe.implement.stack_endpoints import kestrel_of
from devops_exe.implement.stack_start import application, binary, project

if TYPE_CHECKING:
    from devops_exe.implement.container.recipe import Recipe

_CGO = ("github.com/mattn/go-sqlite3", "github.com/confluentinc/confluent-kafka-go")
BASE = ("gcr.io/distroless/base-debian12", "nonroot")
"""The distroless image with a C library."""


def go(recipe: Recipe) -> None:
    """Fill a recipe for Go."""
    tree = recipe.tree
    modules, objects = "/go/pkg/mod", "/root/.cache/go-build"
    linked = any(name in tree.text("go.mod") for name in _CGO)
    if linked:
        recipe.run_image = BASE
    package = go_package(recipe)
    recipe.build = [
        "WORKDIR /src",
        *copies_by_folder(recipe.stack.manifests),
        cached("go mod download", modules),
        copy(".", to="."),
        cached(
            f"CGO_ENABLED={int(linked)} go build -trimpath -ldflags='-s -w' -o /server {package}",
            modules,
            objects,
        ),
    ]
    recipe.run = [copy("/server", to="/server", stage="build")]
    recipe.has_user = True


def go_package(recipe: Recipe) -> str:
    """The main package: of the root, of ``cmd/`` by the system's name, or the only one there."""
    tree = recipe.tree
    if tree.has("main.go"):
        return "."
    found = sorted({posixpath.dirname(p) for p in tree.match(r"cmd/(?:[\w-]+/)?main\.go")})
    named = [p for p in found if p.rpartition("/")[2] in {recipe.subject.name, "server", "api"}]
    chosen = named[0] if named else found[0] if len(found) == 1 else ""
    return f"./{chosen}" if chosen else "."


def rust(recipe: Recipe) -> None:
    """Fill a recipe for Rust."""
    build = ["WORKDIR /src"]
    if "openssl" in recipe.tree.text("Cargo.lock") + recipe.tree.text("Cargo.toml"):
        build.append(apt(["pkg-config", "libssl-dev"]))
    command = recipe.stack.build[0]
    recipe.build = [
        *build,
        copy(".", to="."),
        cached(
            f"{command} \\\n    && cp target/release/{binary(recipe.tree)} /server",
            "/usr/local/cargo/registry",
            "/src/target",
        ),
    ]
    recipe.run = [copy("/server", to="/server", stage="build")]
    recipe.has_user = True


def dotnet(recipe: Recipe) -> None:
    """Fill a recipe for .NET."""
    path = project(recipe.tree)
    packages = "/root/.nuget/packages"
    target = f" {shlex.quote(path)}" if path else ""
    manifests = [copies_by_folder(recipe.stack.manifests)] if recipe.stack.manifests else []
    recipe.build = [
        "WORKDIR /src",
        *(line for lines in manifests for line in lines),
        *([cached(f"dotnet restore{target}", packages)] if manifests else []),
        copy(".", to="."),
        cached(
            f"dotnet publish{target} --configuration Release --output /app -p:UseAppHost=false",
            packages,
        ),
    ]
    recipe.run = ["WORKDIR /app", copy("/app", to="./", stage="build")]
    # Microsoft's images have a user app (1654) already: useradd would end with "already exists"
    recipe.has_user = True
    if kestrel_of(recipe.subject) is None:
        recipe.environment = [f"ASPNETCORE_HTTP_PORTS={recipe.subject.port}"]


def elixir(recipe: Recipe) -> None:
    """Fill a recipe for Elixir."""
    tree = recipe.tree
    build = [
        "WORKDIR /src",
        "ENV MIX_ENV=prod",
        apt(["build-essential", "git", "ca-certificates"]),
        "RUN mix local.hex --force && mix local.rebar --force",
        *copies_by_folder(recipe.stack.manifests),
        "RUN mix deps.get --only prod",
    ]
    if tree.match(r"config/config\.exs"):
        build.append(copy("config", to="./config"))
    build += ["RUN mix deps.compile", copy(".", to=".")]
    made = ["mix assets.deploy"] if "assets.deploy" in tree.text("mix.exs") else []
    name = application(tree)
    made.append(f"mix release --path /app --overwrite {_release(recipe, name)}".rstrip())
    build.append(f"RUN {lines(made)}")
    recipe.build = build
    recipe.packages += ["libstdc++6", "openssl", "libncurses6", "ca-certificates"]
    # the release writes its configuration when it starts
    recipe.environment = ["LANG=C.UTF-8", "RELEASE_TMP=/tmp", f"PORT={recipe.subject.port}"]
    if recipe.subject.framework == "phoenix":
        recipe.environment.append("PHX_SERVER=true")
    recipe.run = ["WORKDIR /app", copy("/app", to="/app", stage="build")]


def _release(recipe: Recipe, name: str) -> str:
    return name if f"{name}: [" in recipe.tree.text("mix.exs") else ""
