"""The script that installs the tools, with a Go and an apt-get that only pretend."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "scripts" / "install_tools.sh"
LIST = ROOT / "scripts" / "tools.list"

NEEDED = [
    "sh",
    "date",
    "mkdir",
    "cat",
    "mktemp",
    "basename",
    "dirname",
    "printf",
    "sed",
    "mv",
    "rm",
    "cp",
    "chmod",
    "tail",
    "grep",
    "cksum",
    "uname",
    "tr",
    "id",
    "env",
]

GO = """\
#!/bin/sh
echo "$*" >>"$RECORD"
for word; do case $word in *refused*) echo "module refused" >&2; exit 1 ;; esac; done
case "$1 $2" in
"mod download")
  folder=$STAGE/$(printf %s "$4" | tr / _)
  mkdir -p "$folder/manifests/crds" "$folder/cmd"
  printf '{\\n\\t"Path": "x",\\n\\t"Dir": "%s",\\n\\t"Sum": "y"\\n}\\n' "$folder"
  ;;
"install "*)
  for word; do last=$word; done
  name=${last%@*}
  name=$(basename "$(printf %s "$name" | sed 's,/v[0-9]*$,,')")
  printf '#!/bin/sh\\n' >"$GOBIN/$name" && chmod +x "$GOBIN/$name"
  ;;
"build "*)
  while [ "$1" != -o ]; do shift; done
  printf '#!/bin/sh\\n' >"$2" && chmod +x "$2"
  ;;
esac
"""
PYTHON = """\
#!/bin/sh
echo "python $*" >>"$RECORD"
case $* in
*schemas*)
  mkdir -p "$4"
  echo "schemas: Kubernetes 1.33 (9 kinds), 3 of custom resources"
  ;;
*) echo 1.0 ;;
esac
"""


class Stage:
    """A folder of pretending programs, and what they were asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / "cache"
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.record = folder / "record"
        for name in NEEDED:
            found = shutil.which(name)
            if found:
                (self.bin / name).symlink_to(found)

    def pretend(self, name: str, text: str) -> None:
        file = self.bin / name
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", str(SCRIPT), *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={
                "PATH": str(self.bin),
                "HOME": str(self.folder),
                "DEVOPS_EXE_CACHE_DIR": str(self.cache),
                "RECORD": str(self.record),
                "STAGE": str(self.folder / "modules"),
                "PYTHON": str(self.bin / "python"),
                "TMPDIR": str(self.folder),
            },
        )

    def asked(self) -> list[str]:
        return self.record.read_text(encoding="utf-8").splitlines() if self.record.exists() else []


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path)


def with_everything(stage: Stage) -> Stage:
    stage.pretend("go", GO)
    stage.pretend("python", PYTHON)
    for name in ("promtool", "amtool", "haproxy", "nginx"):
        stage.pretend(name, "#!/bin/sh\n")
    return stage


def rows(group: str) -> list[list[str]]:
    words = [line.split() for line in LIST.read_text(encoding="utf-8").splitlines()]
    return [row for row in words if row and row[0] not in {"#", "-"} and row[-1] == group]


def test_every_tool_is_built_once_and_noted(stage):
    first = with_everything(stage).run()
    assert first.returncode == 0, first.stdout + first.stderr
    for name, _, version, *_ in rows("proof"):
        assert os.access(stage.cache / "tools" / "bin" / name, os.X_OK)
        note = stage.cache / "tools" / "bin" / f".{name}.version"
        assert note.read_text(encoding="utf-8").strip() == version
    before = len(stage.asked())
    second = stage.run()
    assert second.returncode == 0
    assert [line for line in second.stdout.splitlines() if "built" in line] == []
    assert not any(line.startswith(("install", "build")) for line in stage.asked()[before:])
    assert "schemas" in second.stdout


def test_one_line_a_tool(stage):
    said = with_everything(stage).run().stdout.splitlines()
    assert len(said) == 4 + len(rows("proof")) + 1
    assert all(len(line.split()) > 1 for line in said)


def test_what_takes_longer_comes_only_when_asked_for(stage):
    names = {row[0] for row in rows("all")}
    assert names
    with_everything(stage).run()
    assert not names & {file.name for file in (stage.cache / "tools" / "bin").iterdir()}
    assert stage.run("--all").returncode == 0
    assert names <= {file.name for file in (stage.cache / "tools" / "bin").iterdir()}


def test_another_version_is_built_again(stage):
    with_everything(stage).run()
    (stage.cache / "tools" / "bin" / ".kubeconform.version").write_text("v0.0.1\n")
    said = stage.run().stdout
    assert [line.split()[0] for line in said.splitlines() if "built" in line] == ["kubeconform"]


def test_schemas_come_from_the_modules_manifests(stage):
    with_everything(stage).run()
    call = next(line for line in stage.asked() if "proof.schemas" in line)
    assert "argo-rollouts@" in call.replace("_", "/").replace("//", "/")
    assert "--into" in call


def test_a_tool_that_cannot_be_built_is_said_and_the_rest_goes_on(stage):
    with_everything(stage).pretend("go", GO.replace("*refused*", "*kubeconform*"))
    ran = stage.run()
    assert ran.returncode == 1
    assert "kubeconform            not installed: module refused" in ran.stdout
    assert "opa" in ran.stdout
    assert not (stage.cache / "tools" / "bin" / "kubeconform").exists()


def test_without_go_and_apt(stage):
    ran = stage.run()
    assert ran.returncode == 1
    assert "install Go 1.26 or newer" in ran.stdout
    if not Path("/usr/sbin/nginx").exists():
        assert "install nginx-light with your system's package manager" in ran.stdout


def test_an_option_that_is_none(stage):
    ran = stage.run("--everything")
    assert ran.returncode == 2
    assert "usage: " in ran.stderr
    assert stage.asked() == []


def test_the_list_can_be_read():
    for name, module, version, package, how, group in rows("proof") + rows("all"):
        assert version.startswith("v"), name
        assert how.partition(":")[0] in {"install", "copy", "own"}, name
        assert group in {"proof", "all"}
        assert "." in module.partition("/")[0]
        assert not package.startswith("/")


def test_no_address_of_a_registry():
    text = SCRIPT.read_text(encoding="utf-8") + LIST.read_text(encoding="utf-8")
    assert "://" not in text
