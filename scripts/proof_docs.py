"""Write docs/proof.md from the table of validators and the own rules.

python scripts/proof_docs.py            # writes the page
python scripts/proof_docs.py --check    # exit 1 when the page has drifted
"""

from __future__ import annotations

import sys

from pages import ROOT, write_or_check

from devops_exe.implement.artefact import KINDS
from devops_exe.implement.proof.rules import ANY, rules
from devops_exe.implement.proof.validator import kubernetes_release, tools, validators

PAGE = ROOT / "docs" / "proof.md"

INTRO = f"""# Who proves the generated files

Written by `scripts/proof_docs.py` from `devops_exe/implement/data/validators.toml` and the own
rules in `devops_exe/implement/proof/rules/`; change those, then run the script again.

Every generated file goes through every validator that knows its kind, side by side, each in a copy
of the tree of its own, with limits of time, output and memory, without network where the system
allows it, and with an environment that holds none of the user's variables but `PATH`. What came of
it stands in `PROOF.md` and `proof.json`. A file ends as one of

- `proved by TOOL VERSION, …`: somebody else's tool accepted it;
- `checked by own rule NAME, …`: no tool knows it, or none is there; our own rules found nothing;
- `NOT PROVEN: REASON`: nobody vouches for it, or it holds what moves (an image by its tag);
- `FAILED: …`: with file, line and message.

A tool that is missing is a skip with the line that installs it, never a pass. A tool that only
searches (`gitleaks`) accuses and never vouches. Where a tool stands in for another, it runs only
where the other is missing. Own rules for Kubernetes, and the tree's policies (Rego, package
`main`), also look at what each kustomization builds. Manifests are held against Kubernetes
{kubernetes_release()}.
"""

NOT_PROVEN = """## What nobody proves here

- That an image builds, that it can be pulled, that a container starts: there is no engine.
- Digests of images: only their registry knows them; `devops-exe implement --pin` asks it.
- What an API server adds: defaulting, admission, rules in CEL, quotas of the cluster.
- What GitLab's own linter says of includes and of rules as they are evaluated.
- What the controllers of Argo Rollouts, Istio and a Gateway do with their objects.
- That an alert is delivered and that a dashboard shows what it should.
- OpenSLO documents, `.dockerignore`, Markdown and OpenTelemetry Collector configurations: own rules
  alone look at them (PromQL in them is parsed).
"""


def page() -> str:
    """The whole page."""
    return "\n".join([INTRO, *_kinds(), *_tools(), *_rules(), NOT_PROVEN])


def _kinds() -> list[str]:
    lines = ["## Kinds of files", "", "| kind | validators | own rules |", "|---|---|---|"]
    for kind in sorted(KINDS):
        names = [_named(row) for row in validators() if kind in row.kinds]
        own = [f"`{rule.name}`" for rule in rules() if kind in rule.kinds]
        lines.append(f"| {kind} | {', '.join(names)} | {', '.join(own)} |")
    general = [f"`{row.tool}`" for row in validators() if ANY in row.kinds]
    own = [f"`{rule.name}`" for rule in rules() if ANY in rule.kinds]
    return [*lines, f"| every file | {', '.join(general)} | {', '.join(own)} |", ""]


def _named(row: object) -> str:
    name = f"{row.name}"  # type: ignore[attr-defined]
    other = row.instead_of  # type: ignore[attr-defined]
    return f"{name} (without {other})" if other else name


def _tools() -> list[str]:
    lines = [
        "## Validators",
        "",
        "| validator | tool | rejects | installed by |",
        "|---|---|---|---|",
    ]
    for row in validators():
        install = tools()[row.tool].install
        tool = f"`{row.tool}`" + (f" and `{row.pipe_tool}`" if row.pipe_tool else "")
        lines.append(f"| {row.name} | {tool} | {_cell(row.rejects)} | {_cell(install)} |")
    return [*lines, ""]


def _rules() -> list[str]:
    lines = ["## Own rules", "", "| rule | demands |", "|---|---|"]
    lines += [f"| `{rule.name}` | {_cell(rule.says)} |" for rule in rules()]
    return [*lines, ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write the page, or check it."""
    return write_or_check(PAGE, page(), __file__, arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
