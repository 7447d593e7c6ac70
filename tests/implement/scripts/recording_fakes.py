"""A folder of programs that record how they are called, and answer as they are told."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from devops_exe.assess.repository import assess_repository
from devops_exe.assess.requirements import read_words
from devops_exe.blueprint.compose import compose
from devops_exe.implement.existing import existing_files
from devops_exe.implement.reliability import scripts
from devops_exe.implement.subject import Subject

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "checkout-api"
TIME = "2026-11-24T00:00:00+00:00"
REAL = ("bash", "awk", "sed", "cat", "cp", "mkdir", "mktemp", "rm", "tr", "sort", "tail", "grep",
        "cut", "dirname", "git", "env")  # fmt: skip
FAKED = ("kubectl", "kubectl-argo-rollouts", "kustomize", "curl", "docker", "helm", "sleep")

OLD = "registry.example.com/shop:old@sha256:" + "a" * 64
NEW = "registry.example.com/shop:new@sha256:" + "b" * 64

# records its arguments; answers from the first rule whose words are all in the call
_FAKE = r"""#!BASH
call="${0##*/}"
for word; do call+=$'\x1f'"${word}"; done
printf '%s\0' "${call}" >>"${FAKES}/calls"
line="${0##*/} $*"
for rule in "${FAKES}"/rules/*; do
  left="$(<"${rule}/times")"
  ((left > 0)) || continue
  fits=yes
  while IFS= read -r word; do [[ "${line}" == *"${word}"* ]] || fits=no; done <"${rule}/when"
  [[ "${fits}" == yes ]] || continue
  echo "$((left - 1))" >"${rule}/times"
  sleep_for="$(<"${rule}/sleep")"
  if [[ -n "${sleep_for}" ]]; then : >"${FAKES}/waiting"; read -r -t "${sleep_for}" <> <(:) || :; fi
  cat "${rule}/out"
  exit "$(<"${rule}/exit")"
done
"""


@dataclass
class Fakes:
    """The folder, and what its programs answer.

    Attributes:
        home: where they are and record.
        rules: answers: ``when`` words of the call, ``out``, ``exit``, how many ``times``, seconds
            it lasts (``sleep``).
    """

    home: Path
    rules: list[dict] = field(default_factory=list)

    def run(self, script: Path, *arguments: str, **variables: str):
        """Run a script with nothing but the fakes and a few real programs in its PATH."""
        self.prepare()
        environment = {"PATH": str(self.home / "bin"), "FAKES": str(self.home), **variables}
        environment.setdefault("PROMETHEUS_URL", "http://prometheus.example")
        environment["HOME"] = str(self.home)
        return subprocess.run(
            [str(script), *arguments], env=environment, capture_output=True, text=True, check=False,
            cwd=self.home,
        )  # fmt: skip

    def prepare(self) -> None:
        """Write the rules where the programs read them."""
        for number, rule in enumerate(self.rules):
            place = self.home / "rules" / f"{number:03}"
            place.mkdir(parents=True, exist_ok=True)
            (place / "when").write_text("".join(f"{word}\n" for word in rule["when"]))
            (place / "out").write_text(rule.get("out", ""))
            (place / "exit").write_text(str(rule.get("exit", 0)))
            (place / "times").write_text(str(rule.get("times", 10**6)))
            (place / "sleep").write_text(str(rule.get("sleep", "")))

    @property
    def calls(self) -> list[list[str]]:
        """Argument vectors, in order."""
        path = self.home / "calls"
        text = path.read_text() if path.exists() else ""
        return [call.split("\x1f") for call in text.split("\0")[:-1]]

    def lines(self, *without: str) -> list[str]:
        """The calls as lines, those that contain one of ``without`` left out."""
        found = [" ".join(call) for call in self.calls]
        return [line for line in found if not any(word in line for word in without)]


def fakes(home: Path, without: tuple[str, ...] = ()) -> Fakes:
    """A fresh folder of fakes.

    Args:
        home: an empty folder.
        without: programs that are not to be there.
    """
    folder = home / "bin"
    folder.mkdir(parents=True)
    for name in REAL:
        path = shutil.which(name)
        assert path, name
        (folder / name).symlink_to(path)
    for name in FAKED:
        if name not in without:
            (folder / name).write_text(_FAKE.replace("BASH", str(shutil.which("bash"))))
            (folder / name).chmod(0o755)
    return Fakes(home)


@cache
def subject(words: str, *, example: bool = False) -> Subject:
    """A subject of a sentence, with the example's repository where that is asked for."""
    if example:
        return from_folder(EXAMPLE, words)
    return Subject(compose("devops", read_words(words), TIME))


def from_folder(folder: Path, words: str) -> Subject:
    """A subject with what a folder has, as a session composes it: the words win."""
    reading = assess_repository(folder)
    profile = read_words(words).merged(reading.profile)
    return Subject(compose("devops", profile, TIME), reading, existing_files(folder))


def project(folder: Path, made: Subject) -> Path:
    """A project with the subject's scripts and an overlay for each environment."""
    for artefact in scripts.generate(made).artefacts:
        path = folder / artefact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(artefact.text)
        path.chmod(artefact.mode)
    for environment in made.environments:
        overlay = folder / "deploy" / "kubernetes" / "overlays" / environment.name
        overlay.mkdir(parents=True)
        (overlay / "kustomization.yaml").write_text("resources: []\n")
    return folder / "deploy" / "scripts"


def answer(number: str | None) -> str:
    """What Prometheus says to an instant query."""
    result = [] if number is None else [{"metric": {}, "value": [1764000000.1, number]}]
    data = {"resultType": "vector", "result": result}
    return json.dumps({"status": "success", "data": data})


def healthy(requests: str = "5000", ratio: str = "0.0001") -> list[dict]:
    """Prometheus with enough requests and few failures."""
    return [
        {"when": ["curl", "query=sum(increase"], "out": answer(requests)},
        {"when": ["curl", "vector(0)"], "out": answer(ratio)},
    ]


def replica_sets(*rows: tuple[int, str, str]) -> list[dict]:
    """The cluster's revisions: number, hash, image."""
    text = "".join(f"{number}\t{hash_}\t{image}\n" for number, hash_, image in rows)
    return [{"when": ["get replicasets"], "out": text}]


def with_files(folder: Path, words: str, files: dict[str, str]) -> Subject:
    """A subject with a small repository of its own."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return from_folder(folder, words)
