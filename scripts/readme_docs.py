"""Fill the marked blocks of README.md: what the program prints, and tables from its registries.

python scripts/readme_docs.py            # writes the blocks
python scripts/readme_docs.py --check    # exit 1 when one has drifted

A block stands between `<!-- NAME -->` and `<!-- end of NAME -->`. Transcripts are captured from
the program, in a folder of their own and at a fixed clock; `…` stands where lines were left out.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pages import ROOT, write_or_check

from devops_exe.cli import NOT_BUILT
from devops_exe.ground.options import OPTIONS
from devops_exe.terminal.commands import COMMANDS, GROUPS
from devops_exe.terminal.replies.helping import exit_codes

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = ROOT / "README.md"

CLOCK = "1767225600"
LINE = "/devops checkout-api on EKS, 1200 rps, one pod does 60 rps, p99 250 ms, 99.95 %, RTO 15 min"
CALLS: tuple[tuple[str, ...], ...] = (
    ("--repo", "examples/checkout-api", LINE),
    ("--continue", "/why RTO"),
    ("--continue", "/what-if peak_rps=3000"),
)
SECTIONS = ("DEVOPS OVERVIEW", "DEPLOYMENT STRATEGY", "ROLLBACK PLAN")
ASSUMPTIONS_SHOWN = 3


def transcript() -> str:
    """The calls and what they print, abbreviated."""
    whole, why, what_if = _capture(CALLS)
    parts = [
        _prompt(CALLS[0]),
        *_document(whole),
        "",
        _prompt(CALLS[1]),
        *_labelled(why, ("RTO", "detect", "act", "Turns", "Breaks", "Gray", "Source")),
        "",
        _prompt(CALLS[2]),
        *_labelled(what_if, ("What if", "Moves", "Decides", "Note")),
    ]
    return "\n".join(("```console", *parts, "```"))


def _prompt(words: tuple[str, ...]) -> str:
    return "$ devops-exe " + " ".join(shlex.quote(word) for word in words)


def _capture(calls: tuple[tuple[str, ...], ...]) -> list[str]:
    """Standard output of each call, in one new folder of sessions."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": folder,
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "SOURCE_DATE_EPOCH": CLOCK,
            "COLUMNS": "80",
            "DEVOPS_EXE_ENGINE": "offline",
        }
        for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
            environment[f"XDG_{kind}_HOME"] = str(Path(folder) / kind.lower())
        printed = []
        for words in calls:
            run = subprocess.run(
                [sys.executable, "-m", "devops_exe", *words],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
            if run.returncode:
                said = run.stderr.decode("utf-8", errors="replace").strip()
                message = f"{_prompt(words)} ended with {run.returncode}: {said}"
                raise SystemExit(message)
            printed.append(run.stdout.decode("utf-8").rstrip("\n"))
        return printed


def _document(text: str) -> list[str]:
    """Header, some sections, footer and findings whole; of the rest its beginning."""
    document, _, follows = text.partition("\nDevOps Status:")
    header, *sections = re.split(r"\n\n(?=[A-Z/-]+[A-Z/ -]*\n─)", document)
    lines = header.split("\n")
    left_out: list[str] = []
    for section in sections:
        heading = section.partition("\n")[0]
        if heading not in SECTIONS:
            left_out.append(heading)
            continue
        lines += [*_left_out(left_out), "", *section.rstrip("\n").split("\n")]
        left_out = []
    lines += [*_left_out(left_out), "", *f"DevOps Status:{follows}".split("\n")]
    start = next(i for i, line in enumerate(lines) if line.startswith("Assumed "))
    return [*lines[: start + 1 + ASSUMPTIONS_SHOWN], "  …"]


def _left_out(headings: list[str]) -> list[str]:
    return ["", f"… {', '.join(headings)}"] if headings else []


def _labelled(text: str, kept: tuple[str, ...]) -> list[str]:
    """The lines of an explanation below these labels."""
    lines: list[str] = []
    keep = False
    for line in text.split("\n"):
        if re.match(r"(?:  )?\S", line):
            keep = line.strip().startswith(kept)
            if not keep and lines[-1] != "  …":
                lines.append("  …")
        if keep:
            lines.append(line)
    return lines


def commands() -> str:
    """The table of slash commands that answer."""
    rows = ["| command | does |", "|---|---|"]
    for group in GROUPS:
        for command in COMMANDS:
            if command.group == group and command.built:
                also = "".join(f", `/{name}`" for name in command.aliases)
                title = f"`{command.title}`{also}"
                if command.short:
                    title += f", `/devops {command.name}`"
                rows.append(_row(title, command.summary))
    return "\n".join(rows)


def options() -> str:
    """The table of options of every call; those of one sub-command are in its help."""
    rows = ["| option | environment | does |", "|---|---|---|"]
    for option in OPTIONS:
        if re.match(r"[a-z]+: ", option.summary):
            continue
        value = f" {option.value}" if option.value and option.kind != "optional" else ""
        if option.kind == "optional":
            value = f" [{option.value}]"
        choices = f" ({', '.join(option.choices)})" if option.choices else ""
        variable = f"`{option.variable}`" if option.environment else ""
        rows.append(_row(f"`--{option.name}{value}`", variable, option.summary + choices))
    return "\n".join(rows).replace("|  |", "| |")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def statuses() -> str:
    """The table of exit statuses."""
    rows = ["| status | means |", "|---|---|"]
    for line in exit_codes(200).split("\n"):
        number, meaning = line.split(None, 1)
        rows.append(_row(number, meaning))
    return "\n".join(rows)


def not_built() -> str:
    """What answers `not built yet`."""
    slashes = ", ".join(f"`/{command.name}`" for command in COMMANDS if not command.built)
    words = ", ".join(f"`{name}`" for name in NOT_BUILT)
    return f"Slash commands: {slashes}.\nSub-commands: {words}."


BLOCKS: dict[str, Callable[[], str]] = {
    "transcript": transcript,
    "commands": commands,
    "options": options,
    "exit statuses": statuses,
    "not built": not_built,
}


def filled(text: str) -> str:
    """``text`` with each block written anew.

    Raises:
        ValueError: a block is not in the text, or not once.
    """
    for name, write in BLOCKS.items():
        start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        if text.count(start) != 1 or text.count(end) != 1:
            message = f"README.md needs one block {name!r}"
            raise ValueError(message)
        before, _, rest = text.partition(start)
        text = f"{before}{start}\n{write()}\n\n{end}{rest.partition(end)[2]}"
    return text


def main(arguments: list[str]) -> int:
    """Write the blocks, or check them."""
    text = filled(PAGE.read_text(encoding="utf-8"))
    return write_or_check(PAGE, text, __file__, arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
