"""Images of Ruby and PHP: the code and its gems or packages, on the language's own image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.container.recipe import USER, apt, cached, copies_by_folder, copy, lines

if TYPE_CHECKING:
    from devops_exe.implement.container.recipe import Recipe

_GEMS = (
    ("postgresql", ("libpq-dev",), ("libpq5",)),
    ("mysql", ("default-libmysqlclient-dev",), ("libmariadb3",)),
    ("mariadb", ("default-libmysqlclient-dev",), ("libmariadb3",)),
    ("sqlite", ("libsqlite3-dev",), ("libsqlite3-0",)),
)
_EXTENSIONS = (
    ("postgresql", "pdo_pgsql", "libpq-dev"),
    ("mysql", "pdo_mysql", ""),
    ("mariadb", "pdo_mysql", ""),
)


def ruby(recipe: Recipe) -> None:
    """Fill a recipe for Ruby."""
    tree, subject = recipe.tree, recipe.subject
    packages = ["build-essential", "git", "pkg-config", "libyaml-dev"]
    for store, to_build, to_run in _GEMS:
        if store in subject.datastores:
            packages += to_build
            recipe.packages += to_run
    bundle = ["BUNDLE_WITHOUT=development:test"]
    if tree.has("Gemfile.lock"):
        bundle.append("BUNDLE_DEPLOYMENT=1")
    bundle.append("BUNDLE_PATH=/bundle")
    build = [
        "WORKDIR /app",
        "ENV " + " ".join(bundle),
        apt(packages),
        *copies_by_folder(recipe.stack.manifests),
    ]
    if tree.has(".ruby-version"):
        build.append(copy(".ruby-version"))
    build += ["RUN bundle install", copy(".", to=".")]
    rails = subject.framework == "rails" or tree.has("config/application.rb")
    if rails and tree.match(r"app/assets/.+"):
        build.append("RUN SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile")
    recipe.build = build
    recipe.environment = [*bundle]
    if rails:
        recipe.environment += ["RAILS_ENV=production", "RAILS_LOG_TO_STDOUT=1"]
    recipe.run = [
        "WORKDIR /app",
        copy("/bundle", to="/bundle", stage="build"),
        copy("/app", to="/app", stage="build"),
    ]
    if rails:
        recipe.run.append("RUN install --directory --owner=app --group=app tmp log")


def php(recipe: Recipe) -> None:
    """Fill a recipe for PHP, served by Apache."""
    tree, subject = recipe.tree, recipe.subject
    recipe.build = [
        "WORKDIR /app",
        *copies_by_folder(recipe.stack.manifests),
        cached(recipe.stack.image_install[0], "/tmp/cache"),  # noqa: S108 - in the builder
        copy(".", to="."),
        "RUN composer dump-autoload --no-dev --optimize",
    ]
    extensions, packages = ["opcache"], []
    for store, extension, package in _EXTENSIONS:
        if store in subject.datastores and extension not in extensions:
            extensions.append(extension)
            packages += [package] if package else []
    public = tree.match(r"public/index\.php") or subject.framework in {"laravel", "symfony"}
    port = subject.port
    run = []
    if packages:
        recipe.packages += packages
    installed = [f"docker-php-ext-install {' '.join(extensions)}"]
    if "redis" in subject.datastores and "predis" not in tree.text("composer.json"):
        installed += ["pecl install redis", "docker-php-ext-enable redis"]
    run.append(f"RUN {lines(installed)}")
    sites = "/etc/apache2/sites-available/000-default.conf"
    root = "/var/www/html/public" if public else "/var/www/html"
    listen = (
        f"RUN sed -i 's/^Listen 80$/Listen {port}/' /etc/apache2/ports.conf \\\n"
        f"    && sed -i 's!:80>!:{port}>!; s!/var/www/html!{root}!' {sites} \\\n"
        "    && a2enmod rewrite"
    )
    run += [
        "# a port that a user other than root may open; Apache takes the front controller's root",
        listen,
        "WORKDIR /var/www/html",
        copy("/app", to="./", stage="build"),
    ]
    owned = "storage bootstrap/cache " if subject.framework == "laravel" else ""
    made = (USER, f"chown -R app:app {owned}/var/run/apache2 /var/lock/apache2")
    run.append(f"RUN {lines(made)}")
    recipe.has_user = True
    recipe.run = run
