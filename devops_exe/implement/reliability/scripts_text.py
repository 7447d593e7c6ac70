"""What every script has in common: its head, its figures, how it asks Prometheus."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.implement.existing import MARK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.implement.emit import Figured
    from devops_exe.implement.reliability.scripts_workload import Workload

_SLOT = re.compile(r"@@([A-Z_]+)@@")

USAGE_STATUS = 64
"""Exit status of a wrong call: EX_USAGE of BSD's sysexits."""


def script(
    summary: str,
    body: str,
    *,
    values: Mapping[str, str],
    figures: Mapping[str, Figured],
    slots: Mapping[str, str],
) -> str:
    """A script for bash.

    Args:
        summary: comment lines that say what it does.
        body: everything below the constants; ``@@SLOT@@`` is replaced from ``slots``.
        values: constants of the subject, quoted here.
        figures: constants of the ledger, each with its reference behind it.
        slots: text put in as it stands.
    """
    head = [
        "#!/usr/bin/env bash",
        f"# {MARK}; to change it, change the requirement and generate again.",
        "#",
        *(f"# {line}".rstrip() for line in summary.splitlines()),
        "set -euo pipefail",
        "",
        *(f"{name}={quoted(value)}" for name, value in values.items()),
        *(f"{name}={figure.value}  # {figure.reference}" for name, figure in figures.items()),
    ]
    if values or figures:
        head += [f"readonly {' '.join([*values, *figures])}", ""]
    text = "\n".join(head) + "\n" + _SLOT.sub(lambda match: slots[match[1]], body.lstrip("\n"))
    return re.sub(r"\n{3,}", "\n\n", text)


def quoted(value: str) -> str:
    """A word of the shell that stands for exactly this text.

    Raises:
        UserError: it holds a control character, which no line of a script should.

    >>> quoted("shop"), quoted("$(id)")
    ("'shop'", "'$(id)'")
    """
    if any(not character.isprintable() for character in value):
        raise UserError(
            f"{value[:60]!r} holds a control character",
            where="implement",
            fix="write it on one line",
            code="not_writable",
        )
    word = shlex.quote(value)
    return word if word.startswith("'") else f"'{word}'"


MAIN_OPENING = r"""
main() {
  case "${1:-}" in
    -h | --help)
      usage
      exit 0
      ;;
    @@ENVIRONMENT_CASE@@) ;;
    *) wrong_call ;;
  esac
"""
"""How every script that is called for an environment begins: help, a known environment first."""

ASK = r"""
# One number of Prometheus (instant query); nothing where it has no such series.
ask() {
  local answer token=''
  if [[ -n "${PROMETHEUS_TOKEN:-}" ]]; then
    # by standard input, so that no list of processes shows it
    token="header = \"Authorization: Bearer ${PROMETHEUS_TOKEN}\""
  fi
  answer="$(curl --config - --silent --show-error --fail \
    --max-time 30 --get --data-urlencode "query=$1" \
    "${PROMETHEUS_URL%/}/api/v1/query" <<<"${token}" | tr -d '[:space:]')" ||
    unknown "no answer from ${PROMETHEUS_URL}"
  [[ "${answer}" == *'"status":"success"'* ]] || unknown "${PROMETHEUS_URL} is no Prometheus"
  # {"data":{"result":[{"metric":{},"value":[TIME,"NUMBER"]}]}}: an aggregate has one result
  sed -n 's/.*"value":\[[^,]*,"\([-+.0-9eE]*\)"\].*/\1/p' <<<"${answer}"
}
"""
"""How a script asks Prometheus: curl and sed, so that no JSON tool is needed."""

REVISIONS = r"""
# Revision, template hash and image of every version that the cluster still has, a line each.
revisions() {
  local columns="{.metadata.annotations.@@REVISION_KEY@@}{'\t'}"
  columns+="{.metadata.labels.@@HASH_KEY@@}{'\t'}"
  columns+="{.spec.template.spec.containers@@CONTAINER@@.image}{'\n'}"
  kubectl --namespace "${namespace}" get replicasets --selector "$1" \
    --output "jsonpath={range .items[*]}${columns}{end}"@@OR_ELSE@@
}
"""

CURRENT = r"""
# The revision that is in force; nothing where there is no workload yet.
current_revision() {
  kubectl --namespace "${namespace}" get "$1" --ignore-not-found \
    --output 'jsonpath={.metadata.annotations.@@REVISION_KEY@@}'@@OR_ELSE@@
}
"""


def revision_slots(workload: Workload, or_else: str = "") -> dict[str, str]:
    """Where the workload's kind keeps the revision and the hash of its template.

    Args:
        workload: whose.
        or_else: what is done where kubectl fails; nothing: the script ends.
    """
    keys = (
        (r"rollout\.argoproj\.io/revision", "rollouts-pod-template-hash")
        if workload.rollout
        else (r"deployment\.kubernetes\.io/revision", "pod-template-hash")
    )
    return {
        "REVISION_KEY": keys[0],
        "HASH_KEY": keys[1],
        "CONTAINER": workload.container,
        "OR_ELSE": or_else,
    }
