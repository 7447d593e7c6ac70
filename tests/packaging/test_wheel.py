"""The built wheel, alone in an empty environment, run from the root of the file system."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
LINE = "/devops shop on EKS, 1200 rps, one pod does 60 rps, 99.95 %, RTO 15 min"
NO_NETWORK = (
    "No matching distribution", "Could not find a version", "ConnectionError",
    "No module named pip",
)  # fmt: skip


def run(*command: str | Path, given: str = "", cwd: Path | str = ROOT, clean: Path | None = None):
    """Run a command; with ``clean``, in an environment that holds nothing but a home."""
    environment = dict(os.environ)
    environment.pop("PYTHONPATH", None)
    if clean is not None:
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(clean), "PYTHONUTF8": "1"}
    return subprocess.run(
        [str(word) for word in command], cwd=cwd, env=environment, input=given,
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built without fetching anything where hatchling is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check",
               "--no-deps", "--wheel-dir", folder]  # fmt: skip
    alone = importlib.util.find_spec("hatchling") is not None
    if alone:
        command.append("--no-build-isolation")
    made = run(*command, ROOT)
    if made.returncode and not alone and any(text in made.stderr for text in NO_NETWORK):
        pytest.skip("neither hatchling nor a way to fetch it: the wheel cannot be built here")
    assert made.returncode == 0, made.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """An environment of its own, with this wheel and the dependencies of the tests' one."""
    folder = tmp_path_factory.mktemp("installed")
    venv = folder / "venv"
    assert run(sys.executable, "-m", "venv", "--without-pip", venv).returncode == 0
    python = venv / "bin" / "python"
    done = run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet",
               "--disable-pip-version-check", "--no-deps", "--no-index", wheel)  # fmt: skip
    assert done.returncode == 0, done.stderr
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout
    # a folder named in a .pth file is searched, its own .pth files are not read: an editable
    # install of this checkout stays unseen
    dependencies = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (Path(site.strip()) / "dependencies.pth").write_text("\n".join(dependencies) + "\n")
    return venv


@pytest.fixture
def call(installed, tmp_path):
    """Run the installed executable from ``/``."""
    return lambda *words, given="": run(
        installed / "bin" / "devops-exe", *words, given=given, cwd="/", clean=tmp_path
    )


def names(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_nothing_but_the_package_is_inside(wheel):
    for name in names(wheel):
        top = name.partition("/")[0]
        page = re.fullmatch(r"[\w.-]+\.data/data/share/man/man1/devops-exe\.1", name)
        assert page or top == "devops_exe" or top.endswith(".dist-info"), name
        assert not name.endswith((".pyc", ".pyo")), name
        assert "test" not in Path(name).name.split("_"), name


def test_every_prompt_and_table_is_inside(wheel):
    inside = names(wheel)
    for path in (ROOT / "prompts").glob("*.md"):
        assert f"devops_exe/prompts/{path.name}" in inside
    for path in (ROOT / "devops_exe").rglob("*"):
        if path.suffix in {".toml", ".json", ".txt", ".yaml", ".typed", ".py"}:
            assert path.relative_to(ROOT).as_posix() in inside
    assert any(name.endswith("/licenses/LICENSE") for name in inside)


def test_it_needs_what_it_declares_and_no_more(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith("/METADATA"))
        lines = archive.read(name).decode().partition("\n\n")[0].split("\n")
    needs = [line.partition(": ")[2] for line in lines if line.startswith("Requires-Dist")]
    always = {re.split("[<>=,]", need)[0].lower() for need in needs if "extra ==" not in need}
    assert always == {
        "anthropic", "prompt-toolkit", "pydantic", "pyyaml", "rich", "tenacity", "wcwidth",
    }  # fmt: skip
    assert "Requires-Python: >=3.11" in lines


def test_it_runs_the_wheel_and_not_the_checkout(installed, tmp_path):
    code = "import devops_exe; print(devops_exe.__file__)"
    place = run(installed / "bin" / "python", "-c", code, cwd="/", clean=tmp_path).stdout
    assert place.startswith(str(installed))


def test_version_calc_and_help(call):
    assert call("--version").stdout.startswith("devops-exe 0.")
    answer = call("calc", "slo", given='{"op": "budget", "slo_percent": 99.95}')
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["outputs"]["downtime_minutes"] == pytest.approx(21.6)
    assert "66 rows" in call("/help", "capabilities").stdout
    assert call("--help").returncode == 0


def test_a_blueprint(call):
    answer = call("--engine", "offline", "--width", "80", LINE)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("DEVOPS BLUEPRINT\n")
    assert "DevOps Status: ● Pipeline Active" in answer.stdout
    assert "Traceback" not in answer.stderr


def test_a_repository(call):
    answer = call("assess", ROOT / "examples" / "checkout-api", "--json")
    assert json.loads(answer.stdout)["repository"]["framework"] == ["fastapi"]


def test_the_prompts_are_the_checkouts(installed, tmp_path):
    code = "from devops_exe.agent.prompts import prompt; print(prompt('persona'), end='')"
    answer = run(installed / "bin" / "python", "-c", code, cwd="/", clean=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == (ROOT / "prompts" / "persona.md").read_text(encoding="utf-8")


def test_python_m_is_the_same_executable(installed, tmp_path):
    answer = run(
        installed / "bin" / "python", "-m", "devops_exe", "--version", cwd="/", clean=tmp_path
    )
    assert answer.stdout.startswith("devops-exe 0.")
