from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

from devops_exe import cli
from devops_exe.ground.errors import UserError
from devops_exe.ground.options import OPTIONS
from devops_exe.terminal.commands import COMMANDS
from devops_exe.terminal.shells import SHELLS, completion_script, sub_commands

ROOT = Path(__file__).parents[2]


def completed(tmp_path: Path, *words: str) -> set[str]:
    """What bash offers for the last of these words; its word breaks are those of a real line."""
    script = tmp_path / "completion.bash"
    script.write_text(completion_script("bash"))
    line = " ".join(f"'{word}'" for word in ("devops-exe", *words))
    said = f"source {script}; COMP_WORDS=({line}); COMP_CWORD={len(words)}; _devops_exe; "
    said += 'printf "%s\\n" "${COMPREPLY[@]}"'
    run = subprocess.run(
        ["bash", "--norc", "-c", said], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert run.stderr == ""
    return set(run.stdout.split())


@pytest.mark.parametrize("shell", SHELLS)
def test_a_completion_holds_every_built_command_and_every_option(shell: str) -> None:
    text = completion_script(shell)
    assert {name for name, _ in sub_commands()} == set(cli._SUB_COMMANDS)
    for name in cli._SUB_COMMANDS:
        assert name in text
    for one in COMMANDS:
        assert (f"/{one.name}" in text) == one.built, one.name
    common = [one for one in OPTIONS if ": " not in one.summary]
    dashes = "-l " if shell == "fish" else "--"
    assert all(f"{dashes}{one.name}" in text for one in common)
    assert "python" not in text  # nothing is started when Tab is pressed


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_reads_its_own(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_text(completion_script(shell))
    run = subprocess.run([shell, "-n", str(script)], capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("words", "some", "none"),
    [
        (("",), {"calc", "doctor", "/devops", "/why"}, {"watch", "/watch", "--json"}),
        (("/w",), {"/why", "/what-if"}, {"/devops"}),
        (("--eng",), {"--engine"}, {"--json"}),
        (("--engine", ""), {"auto", "claude", "offline"}, {"calc"}),
        (("--engine", "=", "off"), {"offline"}, {"auto"}),
        (("--engine", "="), {"offline", "auto"}, {"calc"}),
        (("calc", ""), {"slo", "rto", "scaling"}, {"calc"}),
        (("calc", "--"), {"--schema", "--json"}, {"--origin"}),
        (("--width", "80", "export", "--"), {"--format"}, {"--schema"}),
        (("--json", "completion", ""), {"bash", "zsh", "fish"}, {"calc"}),
        (("/engine", ""), {"auto", "claude", "offline"}, set()),
        (("/devops", "p"), {"pipeline"}, {"deploy"}),
        (("/help", "exit"), {"exit-codes"}, {"keys"}),
        (("--repo", "sh"), {"shop"}, {"ship.json"}),
        (("validate", "sh"), {"shop", "ship.json"}, set()),
    ],
    # a set has no order: the workers of a run must name the cases alike
    ids=lambda words: " ".join(words if isinstance(words, tuple) else sorted(words)),
)
def test_bash_offers(
    tmp_path: Path, words: tuple[str, ...], some: set[str], none: set[str]
) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "ship.json").touch()
    offered = completed(tmp_path, *words)
    assert some <= offered
    assert not none & offered


def test_an_unknown_shell_is_refused() -> None:
    for word in ("", "tcsh"):
        with pytest.raises(UserError, match=r"shell|tcsh") as refused:
            completion_script(word)
        assert "bash, zsh, fish" in refused.value.fix


def test_the_manual_page_has_not_drifted() -> None:
    spec = importlib.util.spec_from_file_location("man_docs", ROOT / "scripts" / "man_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    kept = (ROOT / "man" / "devops-exe.1").read_text(encoding="utf-8")
    assert kept == module.page(), "run: python scripts/man_docs.py"
    assert all(f".B /{one.name}".replace("-", "\\-") in kept for one in COMMANDS if one.built)


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_the_manual_page_is_sound_roff() -> None:
    run = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", str(ROOT / "man" / "devops-exe.1")],
        capture_output=True, check=True,
    )  # fmt: skip
    assert run.stderr == b""
    assert b"where a figure comes from" in run.stdout
