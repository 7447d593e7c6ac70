"""Write docs/defaults.md from the tables of devops_exe/design/data.

python scripts/defaults_docs.py            # writes the page
python scripts/defaults_docs.py --check    # exit 1 when the page has drifted
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from pages import ROOT, write_or_check

from devops_exe.design.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = ROOT / "docs" / "defaults.md"

INTRO = """# Defaults

Written by `scripts/defaults_docs.py` from `devops_exe/design/data/*.toml`; change a table, then
run the script again.

What nobody said is taken from here, and is listed under the document with the words that change
it. Order of sources: the user's words, a measurement, the repository, a default. Where two
disagree, the loser is shown. `devops-exe '/why FIGURE'` names the defaults that a figure rests
on and how much it turns on each.
"""

ASSUMPTIONS = """## Assumptions

Ours: no authority gives the number for your system. They are the first thing to replace.
"""

DOCUMENTED = """## Documented defaults

Of a named product, or the usual value of a method.
"""

AVAILABILITY = """## Availability of parts

Monthly uptime of the first credit tier of the provider's service level agreement: the floor of a
contract, not a measurement. Written from memory on the date given, not read at the source that
day; read your own contract before you promise anything that rests on one.
"""

FRAMEWORKS = """## Requests at once in one replica

Read where nobody stated workers or a load test. An event loop is one worker a vCPU, and a quarter
of the service time is taken as CPU; the quarter is ours. A load test (`one pod does 60 rps`)
replaces all of it.
"""


def page() -> str:
    """The whole page."""
    lines = [INTRO, ASSUMPTIONS, *_assumptions("assumption")]
    lines += ["", DOCUMENTED, *_assumptions("default")]
    lines += ["", AVAILABILITY, *_availability()]
    lines += ["", FRAMEWORKS, *_frameworks()]
    return "\n".join(lines) + "\n"


def _assumptions(kind: str) -> Iterator[str]:
    yield "| input | value | figures that rest on it | say | authority |"
    yield "|---|---|---|---|---|"
    for name, row in table("assumptions").items():
        if row["kind"] == kind:
            said = f"“{row['say']}”"
            yield _row(f"`{name}`", _value(name, row), row["figures"], said, row["authority"])


def _value(name: str, row: dict[str, Any]) -> str:
    if name == "average_rps":
        return "a third of the peak"
    return _shown(row["value"])


def _shown(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str):
        return value
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _availability() -> Iterator[str]:
    yield "| part | provider | as | percent | authority | written |"
    yield "|---|---|---|---|---|---|"
    for kind, providers in table("availability").items():
        for provider, row in providers.items():
            yield _row(
                f"`{kind}`",
                provider,
                row["name"],
                f"{row['percent']:g}",
                row["authority"],
                row["written"],
            )


def _frameworks() -> Iterator[str]:
    yield "| framework | requests at once | connections a replica | authority |"
    yield "|---|---|---|---|"
    for name, row in table("frameworks").items():
        at_once = "event loop" if row.get("event_loop") else str(row.get("workers", ""))
        authority = "; ".join(row[key] for key in ("authority", "pool_authority") if row.get(key))
        yield _row(f"`{name}`", at_once, str(row.get("pool", "")), authority)


def _row(*cells: str) -> str:
    text = " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells)
    return f"| {text} |".replace("|  |", "| |")


def main(arguments: list[str]) -> int:
    """Write the page, or check it."""
    return write_or_check(PAGE, page(), __file__, arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
