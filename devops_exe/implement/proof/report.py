"""The proof as files: ``proof.json`` for programs, ``PROOF.md`` for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devops_exe.implement.proof.result import Proof, Row

SCHEMA = "devops-exe/proof/1"


def as_json(proof: Proof) -> str:
    """``proof.json``: deterministic but for seconds and versions."""
    counts = _counts(proof)
    value = {
        "schema": SCHEMA,
        "files": [
            {
                "path": path,
                "kind": proof.kinds.get(path, ""),
                "standing": verdict.standing,
                "verdict": verdict.text,
                "proved_by": list(verdict.tools),
                "checked_by": list(verdict.rules),
                "reasons": list(verdict.reasons),
            }
            for path, verdict in proof.verdicts.items()
        ],
        "rows": [_row(row) for row in proof.rows],
        "counts": counts,
        "network": proof.network,
        "workers": proof.workers,
        "seconds": round(proof.seconds, 3),
    }
    return _lined(value)


def _lined(value: dict[str, object]) -> str:
    """JSON with an item of a list on each line: a changed verdict is one changed line."""
    parts = []
    for key, item in value.items():
        text = json.dumps(item, ensure_ascii=False)
        if isinstance(item, list) and item:
            lines = ",\n".join(f"    {json.dumps(each, ensure_ascii=False)}" for each in item)
            text = f"[\n{lines}\n  ]"
        parts.append(f"  {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def markdown(proof: Proof) -> str:
    """``PROOF.md``: the verdict of each file, then who said what."""
    counts = _counts(proof)
    lines = [
        "# Proof",
        "",
        ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "no file",
        "",
        _how(proof),
        "",
        "## Files",
        "",
        "| file | verdict |",
        "| --- | --- |",
    ]
    lines += [f"| `{_cell(path)}` | {_cell(v.text)} |" for path, v in proof.verdicts.items()]
    if proof.failed:
        lines += ["", "## Failed", ""]
        for row in proof.failed:
            lines += [f"- `{row.artefact}`, {row.by}: {_cell(f.text)}" for f in row.faults]
    if proof.skipped:
        lines += ["", "## Not there", ""]
        lines += [f"- {_cell(why)}" for why in proof.skipped]
    lines += [
        "",
        "## Validators",
        "",
        "| file | validator | version | command | verdict | seconds |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in proof.rows:
        if not row.own:
            command = f"`{row.command}`" if row.command else ""
            lines.append(
                f"| `{_cell(row.artefact)}` | {row.validator} | {row.version} | {_cell(command)} "
                f"| {row.state} | {row.seconds:.2f} |"
            )
    lines += ["", "## Own rules", "", "| file | rule | verdict |", "| --- | --- | --- |"]
    for row in proof.rows:
        if row.own:
            lines.append(f"| `{_cell(row.artefact)}` | {row.validator} | {row.state} |")
    return "\n".join(lines) + "\n"


def _how(proof: Proof) -> str:
    return (
        f"Validators: network {proof.network}, {proof.workers} side by side, "
        f"{proof.seconds:.1f} s in all."
    )


def _counts(proof: Proof) -> dict[str, int]:
    names = ("proved", "checked", "not proven", "failed")
    standings = [verdict.standing for verdict in proof.verdicts.values()]
    return {name: standings.count(name) for name in names}  # type: ignore[arg-type]


def _row(row: Row) -> dict[str, object]:
    return {
        "path": row.artefact,
        "validator": row.validator,
        "tool": row.tool,
        "version": row.version,
        "command": row.command,
        "verdict": row.state,
        "seconds": round(row.seconds, 3),
        "proves": row.proves,
        "faults": [{"line": fault.line, "message": fault.message} for fault in row.faults],
        "why": row.why,
    }


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
