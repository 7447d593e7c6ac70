"""What probes and start-up need: the path the code answers, the port it binds, its variables."""

# ruff: noqa: E501 - the small files of these tables read best on one line

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from devops_exe.assess.readers.kestrel import kestrel_port
from devops_exe.assess.repository import RepositoryReading, assess_repository

if TYPE_CHECKING:
    from pathlib import Path

Files = dict[str, str]
NEST = (
    '{"name": "shop", "scripts": {"start": "nest start"}, "dependencies": {"@nestjs/core": "10"}}'
)
AXUM = '[package]\nname = "shop"\n[dependencies]\naxum = "0.7"\n'
PHOENIX = 'defp deps do\n[{:phoenix, "~> 1.7"}]\nend\n'
WEB = '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>'
GIN = "module shop\n\nrequire github.com/gin-gonic/gin v1.9.0\n"
QUARKUS = (
    "<project><dependencies><dependency><groupId>io.quarkus</groupId><artifactId>quarkus-rest"
    "</artifactId></dependency><dependency><groupId>io.quarkus</groupId><artifactId>"
    "quarkus-smallrye-health</artifactId></dependency></dependencies></project>"
)
SPRING = (
    "dependencies {\n  implementation 'org.springframework.boot:spring-boot-starter-web'\n"
    "  implementation 'org.springframework.boot:spring-boot-starter-actuator'\n"
    "  implementation 'org.flywaydb:flyway-core'\n}\n"
)
LARAVEL = '{"name": "a/shop", "type": "project", "require": {"laravel/framework": "^11"}}'


def read(root: Path, files: Files) -> RepositoryReading:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return assess_repository(root)


def said(reading: RepositoryReading, name: str) -> list[object]:
    return [fact.value for field, fact in reading.facts if field == name]


FOUND: list[tuple[str, Files, list[str]]] = [
    (
        "django",
        {"requirements.txt": "django\n", "manage.py": "", "shop/urls.py": 'urlpatterns = [\n    path("admin/", admin.site.urls),\n    path("health/", views.health),\n    path("orders/<int:id>/status/", views.status),\n]\n'},
        ["/health/"],
    ),
    (
        "django below a prefix",
        {"requirements.txt": "django\n", "manage.py": "", "shop/urls.py": 'urlpatterns = [path("api/", include("core.urls"))]\n', "core/urls.py": 'urlpatterns = [\n  re_path(r"^healthz$", views.health),\n]\n'},
        ["/api/healthz"],
    ),
    ("django package", {"requirements.txt": "django\n", "manage.py": "", "shop/urls.py": 'urlpatterns = [path("ht/", include("health_check.urls"))]\n'}, ["/ht/"]),
    (
        "axum",
        {"Cargo.toml": AXUM, "src/main.rs": 'let app = Router::new()\n    .route("/_health", get(health))\n    .route("/orders/{id}/status", get(status));\n'},
        ["/_health"],
    ),
    ("axum beside what is nested", {"Cargo.toml": AXUM, "src/main.rs": 'fn main() {\n    Router::new()\n        .route("/healthz", get(health))\n        .nest("/api", api())\n}\n'}, ["/healthz"]),
    ("actix", {"Cargo.toml": AXUM, "src/main.rs": '', "src/startup.rs": '.route("/health_check", web::get().to(health_check))\n'}, ["/health_check"]),
    (
        "fastapi",
        {"requirements.txt": "fastapi\n", "main.py": 'app = FastAPI()\n@app.get("/ping")\ndef ping(): ...\n@app.get("/readyz")\ndef ready(): ...\n@app.get("/status/{job}")\ndef job(job): ...\n'},
        ["/readyz", "/ping"],
    ),
    (
        "fastapi router",
        {"requirements.txt": "fastapi\n", "main.py": 'app.include_router(health.router, prefix="/api")\n', "routers/health.py": 'router = APIRouter(prefix="/health")\n@router.get("/ready")\ndef ready(): ...\n'},
        ["/api/health/ready"],
    ),
    ("flask", {"requirements.txt": "flask\n", "app.py": '@app.route("/healthz")\ndef health(): ...\n'}, ["/healthz"]),
    (
        "nest",
        {"package.json": NEST, "src/main.ts": "app.setGlobalPrefix('api');\n", "src/health/health.controller.ts": "@Controller('health')\nexport class H {\n  @Get('ready')\n  ready() {}\n}\n"},
        ["/api/health/ready"],
    ),
    (
        "nest, both",
        {"package.json": NEST, "src/main.ts": "app.setGlobalPrefix('api', {\n  exclude: ['health', 'health/ready'] });\n", "src/health.controller.ts": "@Controller('health')\nexport class H {\n  @Get('ready')\n  r() {}\n  @Get()\n  h() {}\n}\n"},
        ["/health", "/health/ready"],
    ),
    (
        "aspnet",
        {"Shop.csproj": WEB, "Program.cs": 'app.MapHealthChecks("/health/ready");\napp.MapHealthChecks("/health/live");\n'},
        ["/health/live", "/health/ready"],
    ),
    (
        "phoenix",
        {"mix.exs": PHOENIX, "lib/shop_web/router.ex": 'scope "/", ShopWeb do\n  get "/", PageController, :home\nend\n\nscope "/api", ShopWeb do\n  pipe_through :api\n  get "/health", HealthController, :show\nend\n'},
        ["/api/health"],
    ),
    ("rails", {"Gemfile": "gem 'rails'\n", "config/routes.rb": 'Rails.application.routes.draw do\n  get "up" => "rails/health#show", as: :rails_health_check\nend\n'}, ["/up"]),
    ("rails below", {"Gemfile": "gem 'rails'\n", "config/routes.rb": 'draw do\n  namespace :admin do\n    get "health", to: "health#show"\n  end\nend\n'}, ["/admin/health"]),
    ("laravel", {"composer.json": LARAVEL, "artisan": "", "bootstrap/app.php": "->withRouting(\n    health: '/up',\n)\n"}, ["/up"]),
    ("go", {"go.mod": "module shop\n", "main.go": 'package main\nfunc main() {\n\thttp.HandleFunc("/healthz", ok)\n}\n'}, ["/healthz"]),
    ("gin", {"go.mod": GIN, "main.go": 'package main\nfunc main() {\n\tr := gin.Default()\n\tr.GET("/readyz", ready)\n}\n'}, ["/readyz"]),
    ("chi", {"go.mod": GIN, "main.go": 'package main\nfunc main() {\n\tr.Route("/api", func(r chi.Router) {\n\t\tr.Get("/health", ok)\n\t})\n}\n'}, ["/api/health"]),
    ("express", {"package.json": '{"name": "shop", "dependencies": {"express": "4"}}', "server.js": "app.get('/healthz', ok);\n"}, ["/healthz"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "wanted"), [case[1:] for case in FOUND], ids=[c[0] for c in FOUND]
)
def test_the_code_names_its_health_check(tmp_path: Path, files: Files, wanted: list[str]) -> None:
    reading = read(tmp_path, files)
    assert said(reading, "health_path") == wanted
    assert reading.repository["health_path"] == wanted[0]
    fact = reading.profile.get("health_path")
    assert fact is not None
    assert fact.value == wanted[0]


TRAPS: list[tuple[str, Files]] = [
    ("a test's", {"requirements.txt": "flask\n", "app.py": "", "tests/app.py": '@app.route("/healthz")\n'}),
    ("a comment", {"requirements.txt": "flask\n", "app.py": '# @app.route("/healthz")\n'}),
    ("another's", {"requirements.txt": "fastapi\n", "main.py": 'r = httpx.get("http://cart/health")\nclient.get("/health")\n'}),
    ("a parameter", {"requirements.txt": "fastapi\n", "main.py": '@app.get("/{name}/health")\n@app.get("/status/{job}")\n'}),
    ("an unknown prefix", {"requirements.txt": "fastapi\n", "main.py": "app.include_router(api_router, prefix=settings.API_V1)\n", "api/health.py": '@router.get("/health")\n'}),
    ("a name that begins alike", {"requirements.txt": "flask\n", "app.py": '@app.route("/upload")\n@app.route("/statuses")\n@app.route("/healthcare")\n'}),
    ("a client in Go", {"go.mod": GIN, "main.go": 'package main\nfunc main() {\n\tresp, err := http.Get("/healthz")\n\tclient.Get("/health", nil)\n\t// http.HandleFunc("/healthz", ok)\n}\n'}),
    ("a test in Rust", {"Cargo.toml": AXUM, "src/main.rs": 'Request::builder().uri("/health").body(())\n// .route("/health", get(health))\n'}),
    ("a block comment", {"package.json": NEST, "src/main.ts": "", "src/health.controller.ts": "/**\n * @Controller('health')\n * @Get('ready')\n */\nexport class H {}\n"}),
    ("another controller", {"package.json": NEST, "src/main.ts": "", "src/cart.controller.ts": "@Controller('cart')\nclass C {\n  @Get()\n  a() {}\n  @Get(':id/status')\n  b() {}\n}\n"}),
    ("of each entry", {"Gemfile": "gem 'rails'\n", "config/routes.rb": 'draw do\n  resources :orders do\n    get "status", to: "orders#status"\n  end\nend\n'}),
    ("a scope of one shop", {"mix.exs": PHOENIX, "lib/a/router.ex": 'scope "/shops/:id", Web do\n  get "/health", HealthController, :show\nend\n'}),
    ("a list that is hung elsewhere", {"requirements.txt": "django\n", "manage.py": "", "shop/urls.py": 'api = [\n    path("status/", views.status),\n    path("health/", views.health),\n]\nurlpatterns = [path("api/v1/", include(api))]\n'}),
    ("a prefix of the settings", {"requirements.txt": "django\n", "manage.py": "", "shop/urls.py": 'urlpatterns = [\n    path(prefix, include("core.urls")),\n]\n', "core/urls.py": 'urlpatterns = [\n    path("health/", views.health),\n]\n'}),
    ("the state of an order", {"requirements.txt": "django\n", "manage.py": "", "shop/urls.py": 'urlpatterns = [\n    path("orders/status/", views.status),\n]\n'}),
    ("a language before it", {"requirements.txt": "django\n", "manage.py": "", "shop/urls.py": 'urlpatterns = i18n_patterns(\n    path("health/", views.health),\n)\n'}),
    ("a group in Go", {"go.mod": GIN, "main.go": 'package main\nfunc main() {\n\tr := gin.Default().Group("/api")\n\tr.GET("/health", ok)\n}\n', "routes.go": 'package main\nfunc add(e *echo.Group) {\n\te.GET("/health", ok)\n}\n'}),
    ("the port for metrics", {"go.mod": GIN, "server.go": 'package main\nfunc (s *Server) startMetricsServer() {\n\tmux.HandleFunc("/healthz", ok)\n}\n', "main.go": ""}),
    ("nested in Rust", {"Cargo.toml": AXUM, "src/main.rs": 'fn main() {\n    Router::new().nest("/api", api())\n}\nfn api() -> Router {\n    Router::new().route("/health", get(health))\n}\n'}),
    ("a scope of actix", {"Cargo.toml": AXUM, "src/main.rs": 'fn main() {\n    web::scope("/api")\n        .route("/health", web::get().to(health))\n}\n'}),
    ("a developer's", {"Shop.csproj": WEB, "Program.cs": 'if (app.Environment.IsDevelopment())\n{\n    app.MapHealthChecks("/health");\n}\n'}),
    ("a plugin of fastify", {"package.json": '{"name": "shop", "dependencies": {"fastify": "4"}}', "routes/index.js": "fastify.get('/health', ok);\n"}),
    ("a post", {"composer.json": LARAVEL, "artisan": "", "routes/web.php": "Route::post('/ping', fn () => 1);\nHttp::get('/health');\n"}),
]  # fmt: skip


@pytest.mark.parametrize("files", [case[1] for case in TRAPS], ids=[case[0] for case in TRAPS])
def test_what_is_no_health_check_of_its_own(tmp_path: Path, files: Files) -> None:
    reading = read(tmp_path, files)
    assert said(reading, "health_path") == []
    assert reading.repository["health_path"] is None


def test_what_a_manifest_asks_for_stands_before_the_code(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "flask\n",
        "app.py": '@app.route("/healthz")\n',
        "Dockerfile": "FROM python:3.12\nEXPOSE 80\nHEALTHCHECK CMD curl -f http://localhost:80/alive\n",
    }
    assert said(read(tmp_path, files), "health_path") == ["/alive"]


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ("", ["/q/health/live", "/q/health/ready"]),
        ("quarkus.http.root-path=/shop\n", ["/shop/q/health/live", "/shop/q/health/ready"]),
        (
            "quarkus.http.root-path=/shop\nquarkus.smallrye-health.root-path=/health\n",
            ["/health/live", "/health/ready"],
        ),
        ("# quarkus.http.root-path=/shop\n", ["/q/health/live", "/q/health/ready"]),
    ],
)
def test_quarkus_brings_its_health_checks(tmp_path: Path, properties: str, wanted: list[str]) -> None:  # fmt: skip
    files = {"pom.xml": QUARKUS, "src/main/resources/application.properties": properties}
    assert said(read(tmp_path, files), "health_path") == wanted


@pytest.mark.parametrize(
    ("name", "text", "path"),
    [
        ("application.properties", "server.servlet.context-path=/shop\n", "/shop/actuator/health"),
        ("application.properties", "management.endpoints.web.base-path=/manage\nserver.servlet.context-path=/shop\n", "/shop/manage/health"),
        ("application.yml", "management:\n  endpoints:\n    web:\n      base-path: /manage\n", "/manage/health"),
        ("application.yml", "server:\n  port: 8081\n  servlet:\n    context-path: /shop\n", "/shop/actuator/health"),
        ("application.yml", "spring:\n  config:\n    activate:\n      on-profile: test\nserver:\n  servlet:\n    context-path: /shop\n", "/actuator/health"),
    ],
)  # fmt: skip
def test_a_context_path_stands_before_the_actuator(tmp_path: Path, name: str, text: str, path: str) -> None:  # fmt: skip
    files = {"build.gradle": SPRING, f"src/main/resources/{name}": text}
    assert said(read(tmp_path, files), "health_path") == [path]


SETTINGS = '{\n  // where it listens\n  "Catalog": {"Url": "http://catalog:9000"},\n  "Kestrel": {"Endpoints": {"Https": {"Url": "https://*:5443"},\n    "Http": {"Url": "http://*:5080"}}}\n}\n'


def test_kestrels_endpoint_overrules_the_ports_of_the_image(tmp_path: Path) -> None:
    files = {
        "Shop.csproj": WEB,
        "Program.cs": "",
        "appsettings.json": SETTINGS,
        "Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:9.0\nENV ASPNETCORE_HTTP_PORTS=8080\nEXPOSE 8080\n",
    }
    reading = read(tmp_path, files)
    fact = reading.profile.get("port")
    assert fact is not None
    assert (fact.value, fact.where, fact.role) == (5080, "appsettings.json:5", "declared")
    assert 8080 in [
        c["lost"]["value"] for c in reading.contradictions if isinstance(c["lost"], dict)
    ]


@pytest.mark.parametrize(
    "text",
    ["", "[1]", '{"Catalog": {"Url": "http://catalog:9000"}}', '{"Kestrel": {"Endpoints": {"A": {"Url": "https://*:1443"}, "B": 4}}}', '{"Kestrel": {"Endpoints": []}}'],
)  # fmt: skip
def test_what_states_no_port_of_kestrel(text: str) -> None:
    assert kestrel_port(text) is None


def test_kestrels_variable_overrules_its_settings(tmp_path: Path) -> None:
    files = {
        "Shop.csproj": WEB,
        "Program.cs": "",
        "appsettings.json": SETTINGS,
        "Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:9.0\nENV Kestrel__Endpoints__Http__Url=http://*:5090\n",
    }
    fact = read(tmp_path, files).profile.get("port")
    assert fact is not None
    assert fact.value == 5090


def test_variables_of_an_elixir_release(tmp_path: Path) -> None:
    text = (
        'database_url =\n  System.get_env("DATABASE_URL") ||\n    raise """\n    no url\n    """\n'
        'key = System.get_env("A_KEY") || raise "none"\nsecret = System.fetch_env!("SECRET_KEY_BASE")\n'
        'host = System.get_env("PHX_HOST") || "example.com"\npool = System.get_env("POOL_SIZE", "10")\n'
        '# System.fetch_env!("OLD")\nname = get_env("OTHER")\n'
    )
    reading = read(tmp_path, {"mix.exs": PHOENIX, "lib/a.ex": "", "config/runtime.exs": text})
    assert set(said(reading, "environment_required")) == {
        "DATABASE_URL",
        "A_KEY",
        "SECRET_KEY_BASE",
    }
    assert {"PHX_HOST", "POOL_SIZE"} <= set(said(reading, "environment"))
    assert not {"OLD", "OTHER"} & set(said(reading, "environment"))


def test_plain_values_of_a_sample_environment_are_defaults(tmp_path: Path) -> None:
    files = {
        "composer.json": LARAVEL,
        "artisan": "",
        ".env.example": "DB_CONNECTION=mysql\nDB_PASSWORD=\n",
    }
    roles = {f.value: f.role for name, f in read(tmp_path, files).facts if name == "environment"}
    assert roles == {"DB_CONNECTION": "default", "DB_PASSWORD": "possible"}


AT_START: list[tuple[str, Files, list[str]]] = [
    ("sqlx", {"Cargo.toml": AXUM, "src/main.rs": 'fn main() {\n  sqlx::migrate!("./migrations")\n    .run(&pool).await?;\n}\n'}, ["src/main.rs:2"]),
    ("ef", {"Shop.csproj": WEB, "Program.cs": "var app = b.Build();\ncontext.Database.Migrate();\n"}, ["Program.cs:2"]),
    ("ecto", {"mix.exs": PHOENIX, "lib/shop/application.ex": "children = [\n  {Ecto.Migrator, repos: repos()},\n]\n"}, ["lib/shop/application.ex:2"]),
    ("spring", {"build.gradle": SPRING}, ["build.gradle:4"]),
    ("spring, turned off", {"build.gradle": SPRING, "src/main/resources/application.yml": "spring:\n  flyway:\n    enabled: false\n"}, []),
    ("flyway alone", {"build.gradle": "dependencies {\n  implementation 'org.flywaydb:flyway-core'\n}\n"}, []),
    ("ef, a developer's", {"Shop.csproj": WEB, "Program.cs": "if (app.Environment.IsDevelopment())\n{\n    using var scope = app.Services.CreateScope();\n    context.Database.Migrate();\n}\n"}, []),
    ("a release's command", {"mix.exs": PHOENIX, "lib/shop/release.ex": "def migrate do\n  Ecto.Migrator.with_repo(repo, &run/1)\nend\n"}, []),
    ("rails", {"Gemfile": "gem 'rails'\n", "bin/docker-entrypoint": '#!/bin/bash -e\nif [ "${@: -1:1}" == "./bin/rails" ]; then\n  ./bin/rails db:prepare\nfi\nexec "${@}"\n'}, ["bin/docker-entrypoint:3"]),
    ("a start command", {"requirements.txt": "flask\n", "app.py": "", "Dockerfile": 'FROM python:3.12\nCMD ["sh", "-c", "flask db upgrade && gunicorn app:app"]\n'}, ["Dockerfile:2"]),
    ("a job's own image", {"requirements.txt": "flask\n", "app.py": "", "Dockerfile": 'FROM python:3.12\nRUN echo "flask db upgrade && x"\nCMD ["flask", "db", "upgrade"]\n'}, []),
    ("a hint", {"requirements.txt": "django\n", "manage.py": "", "entrypoint.sh": '# python manage.py migrate\necho "run python manage.py migrate"\n'}, []),
    ("a script of its own", {"package.json": '{"name": "shop", "dependencies": {"express": "4"}, "scripts": {"start": "node .", "migrate": "prisma migrate deploy"}}'}, []),
    ("a test's", {"Cargo.toml": AXUM, "src/main.rs": "// sqlx::migrate!().run(&pool)\n", "tests/main.rs": "sqlx::migrate!().run(&pool)\n"}, []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "places"), [c[1:] for c in AT_START], ids=[c[0] for c in AT_START]
)
def test_changes_of_the_schema_at_the_start(
    tmp_path: Path, files: Files, places: list[str]
) -> None:
    reading = read(tmp_path, files)
    found = [(f.value, f.where) for name, f in reading.facts if name == "migrations_at_start"]
    assert found == [(True, place) for place in places]
