"""What the code decides before the manifests do: hosts, endpoints, migrations at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from stack_subjects import REPOSITORIES, subject, write_tree

from devops_exe.implement.container import generate as container_files
from devops_exe.implement.kubernetes import generate
from devops_exe.implement.kubernetes.probe_host import probe_host
from devops_exe.implement.kubernetes.settings import settings_of

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.implement.subject import Subject


def container(one: Subject) -> dict[str, Any]:
    text = next(a.text for a in generate(one).artefacts if a.path.endswith("base/deployment.yaml"))
    found: dict[str, Any] = yaml.safe_load(text)["spec"]["template"]["spec"]["containers"][0]
    return found


def django(root: Path, allowed: str, path: str = "shop/settings.py") -> Subject:
    files = {**REPOSITORIES["django"], path: f"DEBUG = False\n{allowed}\n"}
    return subject(write_tree(root, files), strategy="Rolling")


@pytest.mark.parametrize(
    ("allowed", "host"),
    [
        ('ALLOWED_HOSTS = ["shop.example.com", "b"]', "shop.example.com"),
        ("ALLOWED_HOSTS: list[str] = ['.example.com']  # all of it", "example.com"),
        ('ALLOWED_HOSTS = [\n    "localhost",\n]', "localhost"),
    ],
)
def test_probes_come_with_a_host_that_django_allows(
    tmp_path: Path, allowed: str, host: str
) -> None:
    one = django(tmp_path, allowed)
    made = container(one)
    for name in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert made[name]["httpGet"]["httpHeaders"] == [{"name": "Host", "value": host}]
    assert not any("ALLOWED_HOSTS" in note for note in generate(one).notes)


@pytest.mark.parametrize(
    "allowed",
    [
        'ALLOWED_HOSTS = os.environ["HOSTS"].split(",")',
        "ALLOWED_HOSTS = []",
        'ALLOWED_HOSTS = [os.environ["HOST"]]',
        'ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["x.example"])',
    ],
)
def test_no_host_is_invented(tmp_path: Path, allowed: str) -> None:
    one = django(tmp_path, allowed)
    assert "httpHeaders" not in container(one)["readinessProbe"]["httpGet"]
    assert any("ALLOWED_HOSTS" in n and "shop/settings.py:2" in n for n in generate(one).notes)


def test_every_host_needs_none(tmp_path: Path) -> None:
    one = django(tmp_path, 'ALLOWED_HOSTS = ["*"]')
    assert "httpHeaders" not in container(one)["readinessProbe"]["httpGet"]
    assert not any("ALLOWED_HOSTS" in note for note in generate(one).notes)


def test_the_settings_of_production_come_first(tmp_path: Path) -> None:
    write_tree(tmp_path, {"shop/settings/base.py": "ALLOWED_HOSTS = ['a.example']\n"})
    one = django(tmp_path, "ALLOWED_HOSTS = ['b.example']", "shop/settings/production.py")
    found = probe_host(one)
    assert found is not None
    assert (found.host, found.where) == ("b.example", "shop/settings/production.py:2")


KESTREL = (
    '{\n  "Kestrel": {\n    "Endpoints": {\n'
    '      "Http": { "Url": "http://%s:%d" }\n    }\n  }\n}\n'
)


@pytest.mark.parametrize(
    ("address", "port", "said"),
    [
        ("*", 5005, "come before ASPNETCORE_HTTP_PORTS: the"),
        ("*", 6000, "none of them is port 5005"),
        ("localhost", 5005, "listens on localhost"),
    ],
)
def test_kestrels_endpoints_come_before_the_variable(
    tmp_path: Path, address: str, port: int, said: str
) -> None:
    files = {**REPOSITORIES["dotnet"], "Shop.Api/appsettings.json": KESTREL % (address, port)}
    one = subject(write_tree(tmp_path, files), language="csharp", port=5005)
    assert "ASPNETCORE_HTTP_PORTS" not in {name for name, _, _ in settings_of(one).literals}
    image = next(a.text for a in container_files(one).artefacts if a.kind == "dockerfile")
    assert "ASPNETCORE_HTTP_PORTS" not in image
    (note,) = [note for note in generate(one).notes if "Kestrel" in note]
    assert note.startswith("Shop.Api/appsettings.json:2 ")
    assert said in note


def test_without_endpoints_the_variable_says_the_port(tmp_path: Path) -> None:
    one = subject(write_tree(tmp_path, REPOSITORIES["dotnet"]), language="csharp", port=5005)
    literals = {name: value for name, value, _ in settings_of(one).literals}
    assert literals["ASPNETCORE_HTTP_PORTS"] == "5005"


def test_migrations_at_the_start_are_said_so(tmp_path: Path) -> None:
    files = {
        "Cargo.toml": '[package]\nname = "gate"\n[dependencies]\naxum="0.7"\n'
        'sqlx = { version = "0.8", features = ["postgres"] }\n',
        "Cargo.lock": "",
        "migrations/0001_a.sql": "CREATE TABLE a ();",
        "src/main.rs": "async fn main() {\n    sqlx::migrate!().run(&pool).await?;\n}\n",
    }
    one = subject(write_tree(tmp_path, files), language="rust")
    notes = generate(one).notes
    assert not any("are not run by the service's image" in note for note in notes)
    (note,) = [note for note in notes if "brings the schema up to date" in note]
    assert note.startswith("src/main.rs:2 ")
    assert "every new replica" in note
