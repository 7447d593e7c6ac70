"""Images of the JVM: Maven or Gradle builds, a runtime without a compiler runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.container.recipe import cached, copies_by_folder, copy, lines

if TYPE_CHECKING:
    from devops_exe.implement.container.recipe import Recipe


def jvm(recipe: Recipe) -> None:
    """Fill a recipe for Java, Kotlin and what else runs on the JVM."""
    maven = recipe.stack.manager == "maven"
    cache = "/root/.m2" if maven else "/root/.gradle"
    recipe.build = ["WORKDIR /src", *_sources(recipe, cache, maven=maven)]
    command = recipe.stack.build[0].replace(" assemble", f" {_gradle_task(recipe)}")
    recipe.build.append(cached(lines((command, *_archive(recipe, maven=maven))), cache))
    if recipe.how.install:
        recipe.build += copies_by_folder(recipe.how.copies)
        recipe.build += [
            cached(lines((f"mkdir -p {recipe.how.folder}", line)), cache)
            for line in recipe.how.install
        ]
    recipe.run = ["WORKDIR /app", copy("/app", to="/app", stage="build")]
    if recipe.how.folder:
        recipe.run.append(copy(recipe.how.folder, to=recipe.how.folder, stage="build"))
    # the JVM takes a quarter of the memory for its heap unless it is told otherwise
    recipe.start = recipe.stack.start


def _sources(recipe: Recipe, cache: str, *, maven: bool) -> list[str]:
    """Manifests first, so that dependencies are fetched again only when they change."""
    tree, stack = recipe.tree, recipe.stack
    modules = tree.match(r"(?:[\w-]+/)+(?:pom\.xml|build\.gradle(?:\.kts)?)")
    if modules:
        return [copy(".", to=".")]
    names = list(stack.manifests)
    script = tree.has("mvnw" if maven else "gradlew")
    folder = ".mvn" if maven else "gradle"
    wrapped = []
    if script:
        names.append(script)
        wrapped.append(copy(folder, to=f"./{folder}"))
    return [
        *copies_by_folder(tuple(names)),
        *wrapped,
        cached(stack.image_install[0], cache),
        copy(".", to="."),
    ]


def _gradle_task(recipe: Recipe) -> str:
    text = recipe.tree.text("build.gradle") + recipe.tree.text("build.gradle.kts")
    if recipe.subject.framework == "spring-boot" or "org.springframework.boot" in text:
        return "bootJar"
    if "shadow" in text:
        return "shadowJar"
    return "buildFatJar" if recipe.subject.framework == "ktor" else "assemble"


def _archive(recipe: Recipe, *, maven: bool) -> tuple[str, ...]:
    """Commands that bring the archive that is started under one name."""
    folder = "target" if maven else "build/libs"
    if recipe.subject.framework == "quarkus":
        built = "target" if maven else "build"
        return f"mv {built}/quarkus-app /app", "mv /app/quarkus-run.jar /app/app.jar"
    others = (
        f"{folder}/*-sources.jar {folder}/*-javadoc.jar {folder}/original-*.jar"
        if maven
        else f"{folder}/*-plain.jar {folder}/*-sources.jar"
    )
    if not maven and _gradle_task(recipe) in {"shadowJar", "buildFatJar"}:
        return "mkdir /app", f"mv {folder}/*-all.jar /app/app.jar"
    return f"rm -f {others}", "mkdir /app", f"mv {folder}/*.jar /app/app.jar"
