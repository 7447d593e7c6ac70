"""``devops-exe eval``: words and options in, a run or a comparison out, an exit status back."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from devops_exe.evals import compare, report
from devops_exe.evals.loading import cases_of, evals_folder
from devops_exe.evals.playing import Play
from devops_exe.evals.pool import Worker
from devops_exe.evals.progress import Progress
from devops_exe.evals.runner import Job, Run, jobs_of, run
from devops_exe.evals.state import State, run_key
from devops_exe.ground.errors import ExitStatus, Interrupted, UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from devops_exe.evals.report import Row
    from devops_exe.ground.options import CommandLine
    from devops_exe.ground.settings import Settings

OWN: tuple[str, ...] = ("offline", "scripted", "recorded")
"""Engines without a service: what runs where none is named."""

FORMATS: tuple[str, ...] = ("json", "junit", "markdown", "table")

MOST_JOBS, MOST_REPEATS = 64, 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of a run.

    Attributes:
        engine: one engine; empty: every one that needs no service.
        repeat: trials a case.
        threshold: share of cases that must pass.
        jobs: worker processes.
        form: report on standard output; empty: a few lines.
    """

    engine: str
    repeat: int
    threshold: float
    jobs: int
    form: str


def command(line: CommandLine, settings: Settings) -> int:
    """Run cases, or compare two runs.

    Raises:
        UserError: bad usage, a case or a baseline that is none.
        Interrupted: the user stopped it; what is done is kept.
    """
    words = line.words[1:]
    if words[:1] == ("diff",):
        return _diff(words[1:], json_wanted=line.flag("json"), out=sys.stdout)
    return _run(words, line, settings)


def _diff(words: Sequence[str], *, json_wanted: bool, out: TextIO) -> int:
    if len(words) != 2:
        raise UserError(
            f"it compares two runs, {len(words)} given",
            where="eval diff",
            fix="write devops-exe eval diff BEFORE.json AFTER.json",
        )
    before, after = (compare.read_marks(Path(word)) for word in words)
    found = compare.difference(before, after)
    if not found.both:
        raise UserError(
            "the two runs have no case in common",
            where="eval diff",
            fix="compare runs of the same cases",
        )
    print(json.dumps(found.as_json()) if json_wanted else "\n".join(found.lines()), file=out)
    return int(ExitStatus.FINDINGS if found.significant_loss else ExitStatus.OK)


def asked(line: CommandLine) -> Asked:
    """The options of a call.

    Raises:
        UserError: one makes no sense.
    """
    engine = line.options.get("engine", "auto")
    engine = "" if engine == "auto" else engine
    form = "json" if line.flag("json") else line.options.get("format", "")
    if form and form not in FORMATS:
        raise UserError(
            f"{form!r} is no report", where="--format", fix=f"use one of {', '.join(FORMATS)}"
        )
    return Asked(
        engine,
        _count(line, "repeat", 1, MOST_REPEATS),
        _share(line.options.get("threshold"), 0.9 if engine == "claude" else 1.0),
        _count(line, "jobs", 1, MOST_JOBS),
        form,
    )


def _count(line: CommandLine, name: str, default: int, most: int) -> int:
    value = int(line.options.get(name, default))
    if not 1 <= value <= most:
        raise UserError(f"it is {value}", where=f"--{name}", fix=f"write 1 to {most}")
    return value


def _share(text: str | None, default: float) -> float:
    if text is None:
        return default
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise UserError(f"{text!r} is no share", where="--threshold", fix="write 0.95 or 95%")
    return value


def _run(words: Sequence[str], line: CommandLine, settings: Settings) -> int:
    wanted = asked(line)
    if wanted.form == "table":
        from devops_exe.evals.dataset import load

        load("pydantic_evals.reporting")
    cases = cases_of(words)
    plays = _plays(wanted, settings, record=line.flag("record"))
    jobs = jobs_of(cases, plays, wanted.repeat, every=wanted.engine in {"offline", "claude"})
    if wanted.engine == "offline":
        jobs = [job for job in jobs if job.case.file.offline]
    if not jobs:
        raise UserError(
            f"none of the {len(cases)} cases is for the engine {wanted.engine}",
            where="eval",
            fix="choose other cases, or another engine",
            code="no_cases",
        )
    against = _baseline(line, plays)
    seconds = float(line.options["timeout"]) if "timeout" in line.options else None
    done = _played(jobs, wanted, line, seconds)
    rows = report.rows_of(done.outcomes)
    _write(rows, done.seconds, line, wanted)
    return _verdict(rows, against, wanted)


def _plays(wanted: Asked, settings: Settings, *, record: bool) -> dict[str, Play]:
    """How each engine of the run plays."""
    folder = evals_folder()
    recordings = folder / "recordings" if folder else None
    names = (wanted.engine,) if wanted.engine else OWN
    if record:
        names = ("recorded",)
    claude: Mapping[str, Any] | None = None
    if wanted.engine == "claude":
        from devops_exe.agent.claude_writer import claude_settings

        found = claude_settings(settings)
        found.credentials()
        found.endpoint()
        claude = asdict(found)
    return {name: Play(name, recordings, record, claude) for name in names}


def _baseline(line: CommandLine, plays: Mapping[str, Play]) -> compare.Marks:
    """The baseline named, or the project's own of these engines; empty where there is none."""
    named = line.options.get("baseline")
    if named is not None:
        return compare.read_marks(Path(named))
    folder = evals_folder()
    marks: compare.Marks = {}
    for engine in plays:
        path = folder / "baselines" / f"{engine}.json" if folder else None
        if path is not None and path.is_file():
            marks |= compare.read_marks(path)
    return marks


def _played(jobs: Sequence[Job], wanted: Asked, line: CommandLine, seconds: float | None) -> Run:
    quiet = line.flag("quiet")
    progress = Progress(sys.stderr, live=sys.stderr.isatty(), quiet=quiet)
    fresh = line.flag("fresh") or line.flag("record")
    state = State.of(_key(jobs, wanted), fresh=fresh)
    players = [Worker() for _ in range(min(wanted.jobs, len(jobs)))]
    finished = False
    try:
        result = asyncio.run(run(jobs, players, state, progress, seconds))
        finished = True
    except KeyboardInterrupt:
        raise Interrupted(
            "interrupted; what is done is kept",
            where="eval",
            fix="the same command goes on where it stopped",
        ) from None
    finally:
        state.close(finished=finished)
    return result


def _key(jobs: Sequence[Job], wanted: Asked) -> str:
    """What the outcomes rest on: cases, engines, repeats, server and model, the code."""
    parts = [f"{job.case.id} {job.case.digest} {job.how.engine}" for job in jobs if not job.repeat]
    server = {
        k: v for k, v in (jobs[0].how.claude or {}).items() if k not in {"api_key", "auth_token"}
    }
    return run_key([*parts, str(wanted.repeat), json.dumps(server, default=str)])


def _write(rows: Sequence[Row], seconds: float, line: CommandLine, wanted: Asked) -> None:
    """The report on standard output, files where a folder is named, a baseline where asked."""
    dump = json.dumps(report.as_json(rows, seconds), indent=1, ensure_ascii=False)
    if "out" in line.options:
        folder = Path(line.options["out"])
        _file(folder / "report.json", dump + "\n")
        _file(folder / "junit.xml", report.junit(rows, seconds) + "\n")
        _file(folder / "report.md", report.markdown(rows, seconds))
    if line.flag("save-baseline"):
        _save(rows)
    if wanted.form == "json":
        print(dump)
    elif wanted.form == "junit":
        print(report.junit(rows, seconds))
    elif wanted.form == "markdown":
        print(report.markdown(rows, seconds), end="")
    elif wanted.form == "table":
        from devops_exe.evals.dataset import table

        print(table(rows))
    else:
        print(report.plain(rows, seconds))


def _save(rows: Sequence[Row]) -> None:
    """Write the baselines of the engines that ran; cases that did not run leave it."""
    folder = evals_folder()
    if folder is None:
        raise UserError(
            "there is no folder evals here", where="--save-baseline", fix="run it there"
        )
    for engine in sorted({row.engine for row in rows}):
        mine = [row for row in rows if row.engine == engine]
        _file(folder / "baselines" / f"{engine}.json", compare.baseline_json(mine))


def _file(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as problem:
        what = f"it cannot be written: {problem.strerror or problem}"
        raise UserError(what, where=str(path), fix="name another folder") from None


def _verdict(rows: Sequence[Row], against: compare.Marks, wanted: Asked) -> int:
    found = report.rates(rows)
    marks = compare.marks_of(rows)
    known = {key: mark for key, mark in against.items() if key in marks}
    change = compare.difference(known, marks) if known else None
    if change is not None and (change.lost or change.won):
        told = compare.Difference(
            change.lost, change.won, change.both, (), (), change.p_value
        ).lines()
        print("against the baseline:", *told, sep="\n", file=sys.stderr)
    below = found.at_1 < wanted.threshold
    if below:
        told_rate = (
            f"{report.percent(found.at_1)} passed, {report.percent(wanted.threshold)} wanted"
        )
        print(f"devops-exe: eval: {told_rate}", file=sys.stderr)
    loss = change is not None and change.significant_loss
    return int(ExitStatus.FINDINGS if below or loss else ExitStatus.OK)
