"""Every reader on any text: it answers, soon, and the whole stays small in memory."""

# ruff: noqa: E501

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.assess.readers.addresses import hosts_in, is_outside, pairs_of
from devops_exe.assess.readers.aspire import read_app_host
from devops_exe.assess.readers.charts import chart_name, read_kustomization, read_values
from devops_exe.assess.readers.compose import container_port, read_compose
from devops_exe.assess.readers.dockerfile import port_of, read_dockerfile, url_path, workers_of
from devops_exe.assess.readers.kubernetes import read_manifests
from devops_exe.assess.readers.migrations import destructive_line, is_migration
from devops_exe.assess.readers.paas import (
    read_app_platform,
    read_fly,
    read_procfile,
    read_render,
)
from devops_exe.assess.repository import assess_repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

READERS: dict[str, Callable[[str], Any]] = {
    "aspire": read_app_host,
    "chart": chart_name,
    "values": read_values,
    "kustomization": read_kustomization,
    "compose": lambda text: read_compose(text, "compose.yaml"),
    "port": container_port,
    "dockerfile": read_dockerfile,
    "command port": port_of,
    "command workers": workers_of,
    "url": url_path,
    "manifests": lambda text: read_manifests(text, "k.yaml"),
    "destructive": destructive_line,
    "migration": is_migration,
    "app platform": read_app_platform,
    "fly": read_fly,
    "procfile": read_procfile,
    "render": read_render,
    "hosts": lambda text: hosts_in("API_URL", text),
    "outside": lambda text: is_outside("API_URL", text),
    "pairs": pairs_of,
}

PIECES = st.sampled_from(
    ["services:\n", "  web:\n", "    build: .\n", "apiVersion: v1\n", "kind: ConfigMap\n", "data:\n",
     "  A: b\n", "- ", "image: a:1\n", "ports:\n", "FROM a AS b\n", "EXPOSE 80\n", "ENV A=b\\\n",
     "builder.AddProject<Projects.A>(\"a\")", ".WithReference(x)", ";", "var x = ", "\r\n", "\t",
     "env:\n", "envFrom:\n", "selector: {a: b}\n", "depends_on:\n", "replicaCount: 3\n", "\u202e",
     "http://u:p@h:1/", "DB_HOST=db\n", "lb://cart", "---\n", "{", "}", "[", "]", "&a ", "*a", ": ",
     "\x00", "é", "images:\n", "newTag: v1\n", "autoscaling: {enabled: true, minReplicas: x}\n"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join))


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_a_reader_takes_any_text(name: str, text: str) -> None:
    READERS[name](text)


LONG = [
    "var x = " * 30_000, "builder.AddRedis(" * 15_000, "a.Add" * 50_000, "/*" * 120_000, "/* */" * 50_000,
    "//" * 120_000 + "\n", ".WithReference(" * 16_000, ";" * 240_000, "var a = b.\n" * 20_000,
    "http://" * 35_000, "a." * 120_000, "a:1," * 60_000, "${A:-" * 48_000, "host=" * 48_000,
    "A=" * 120_000, "server = a;" * 20_000, "images:\n" + "  - {name: a, newTag: b}\n" * 8_000,
    "replicaCount: 1\n" * 15_000, "a@" * 120_000, "x" * 250_000, " " * 250_000, "\n" * 250_000,
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(LONG)))
def test_repetition_costs_no_more_than_its_length(number: int) -> None:
    start = time.process_time()
    for reader in READERS.values():
        reader(LONG[number])
    assert time.process_time() - start < 5


def test_windows_line_ends_change_no_fact(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services:\n  web:\n    build: .\n    environment:\n      DB: postgres://db:5432/x\n  db:\n    image: postgres:16\n",
        "Dockerfile": "FROM node:22\nEXPOSE 3000\n",
        "package.json": '{"name": "web",\n "dependencies": {"express": "4",\n "pg": "8"}}',
        ".env.example": "CACHE_URL=redis://db\n",
    }
    for name, joint in (("unix", "\n"), ("windows", "\r\n")):
        (tmp_path / name / "shop").mkdir(parents=True)
        for path, text in files.items():
            (tmp_path / name / "shop" / path).write_bytes(text.replace("\n", joint).encode())
    unix, windows = (
        assess_repository(tmp_path / n / "shop").as_json() for n in ("unix", "windows")
    )
    assert unix == windows


HOSTILE = """
import pathlib, re, sys, time
root = pathlib.Path(sys.argv[1])
from devops_exe.assess.repository import assess_repository
began = time.monotonic()
found = assess_repository(root)
# not ru_maxrss: a child's starts at what its parent held when it forked
status = pathlib.Path("/proc/self/status").read_text()
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) // 1024
print(peak, round(time.monotonic() - began, 1), ",".join(sorted(found.repository["services"])), len(found.notes))
"""


def test_a_tree_of_everything_bad_stays_below_300_mb(tmp_path: Path) -> None:
    ok = tmp_path / "shop"
    ok.mkdir()
    (ok / "Dockerfile").write_text("FROM node:22\nEXPOSE 3000\n")
    (ok / "package.json").write_text('{"name": "shop", "dependencies": {"express": "4"}}')
    with (tmp_path / "docker-compose.yml").open("wb") as huge:
        huge.truncate(2 * 1024**3)
    (tmp_path / "many.yaml").write_text("apiVersion: v1\nkind: Pod\n---\n" * 10_000)
    (tmp_path / "deep.json").write_text("[" * 500_000)
    (tmp_path / "appsettings.json").write_text('{"a":' * 100_000)
    (tmp_path / "values.yaml").write_text(
        "a: &a [x, x]\n" + "".join(f"k{i}: [{'*a, ' * 400}]\n" for i in range(50))
    )
    os.mkfifo(tmp_path / "Procfile")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "out").symlink_to("/etc")
    (tmp_path / "a\nb\x1b[31m.yaml").write_text("x: 1\n")
    (tmp_path / "broken.toml").write_bytes(b"\xff\xfe\xfa" * 1000)
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0)
    wide = tmp_path / "wide"
    wide.mkdir()
    for number in range(3000):
        (wide / f"f{number}.yaml").write_text(
            "apiVersion: v1\nkind: ConfigMap\ndata: {A: http://shop:1}\n"
        )
    try:
        done = subprocess.run(
            [sys.executable, "-c", HOSTILE, str(tmp_path)],
            capture_output=True, text=True, timeout=120, check=True, env={**os.environ},
        )  # fmt: skip
    finally:
        locked.chmod(0o700)
    peak, seconds, names, notes = done.stdout.split()
    assert int(peak) < 300
    assert float(seconds) < 60
    assert names == "shop"
    assert int(notes) > 2
