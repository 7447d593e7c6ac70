"""``rollback.sh``: back to a version of which it was proved that it is still there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.reliability import scripts_chart
from devops_exe.implement.reliability.scripts_deploy import wait
from devops_exe.implement.reliability.scripts_text import (
    CURRENT,
    MAIN_OPENING,
    REVISIONS,
    revision_slots,
    script,
)
from devops_exe.implement.reliability.scripts_verify import common_slots
from devops_exe.implement.reliability.scripts_workload import workload_of

if TYPE_CHECKING:
    from devops_exe.implement.reliability.scripts_figures import ScriptFigures
    from devops_exe.implement.reliability.scripts_workload import Workload
    from devops_exe.implement.subject import Subject

SUMMARY = """
rollback.sh ENVIRONMENT [REVISION]: proves that the version to return to still exists, returns
to it, waits, verifies.
"""

_HEAD = r"""
usage() {
  cat <<'END'
Usage: rollback.sh ENVIRONMENT [REVISION]      (@@ENVIRONMENTS@@)

Without REVISION: @@DEFAULT@@.

  BAD_IMAGE         the image to leave: nothing is done where another one runs (so that two
                    rollbacks of one release do not cancel each other)
@@IMAGES@@  PROMETHEUS_URL    where verify.sh asks; see verify.sh --help

Needs kubectl (its context is the cluster)@@TOOLS@@.

Exit status: 0 the version serves and is healthy (or there was nothing to do), 1 a step failed,
2 no version to return to, 3 the version serves but is not seen to be healthy, @@USAGE@@ wrong call.
END
}

wrong_call() {
  usage >&2
  exit @@USAGE@@
}

say() { printf 'rollback: %s\n' "$*" >&2; }

nothing_there() {
  say "$*"
  exit 2
}
"""

_IMAGE = r"""
# An image that is gone from the registry cannot be started again.
prove_image() {
  if [[ "${SKIP_IMAGE_CHECK:-}" == yes ]] || ! command -v docker >/dev/null; then
    say "the registry was not asked for $1"
    return 0
  fi
  docker buildx imagetools inspect "$1" >/dev/null ||
    nothing_there "the registry does not give $1; SKIP_IMAGE_CHECK=yes goes on without it"
}
"""

_ROLLOUT = r"""
# The template hash of the version that served before this rollout, and of the one it brings.
field() { kubectl --namespace "${namespace}" get "${WORKLOAD}" --output "jsonpath={.status.$1}"; }
"""

_MAIN = (
    MAIN_OPENING
    + r"""  [[ $# -le 2 && "${2:-0}" =~ ^[0-9]+$ ]] || wrong_call
  environment="$1"
  namespace="${NAME}-${environment}"
@@HERE@@
  local listed current running target="${2:-}" image
  listed="$(revisions "${SELECTOR}")"
  current="$(current_revision "${WORKLOAD}")"
  # what is asked for, which the controller may not have seen yet
  running="$(kubectl --namespace "${namespace}" get "${WORKLOAD}" \
    --output "jsonpath={.spec.template.spec.containers@@CONTAINER@@.image}")"
  if [[ -n "${BAD_IMAGE:-}" && "${running}" != "${BAD_IMAGE}" ]]; then
    say "${WORKLOAD} runs ${running:-nothing}, not ${BAD_IMAGE}: nothing to roll back"
    exit 0
  fi
@@TARGET@@
  image="$(awk -F '\t' -v wanted="${target:-none}" '$1 == wanted { print $3; exit }' \
    <<<"${listed}")"
  if [[ -z "${image}" ]]; then
    printf '%s\n' "${listed}" >&2
    nothing_there "${WORKLOAD} has no revision ${target:-before ${current:-the first}}"
  fi
@@ACT@@
  @@WAIT@@
  say "${environment} runs ${image} again"
@@VERIFY@@
}

main "$@"
"""
)

_HERE = r"""  here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
"""

_VERIFY = r"""  case "${environment}" in
    development) ;;
    *)
      "${here}/verify.sh" "${environment}" || {
        say "but verify.sh does not call it healthy ($?)"
        exit 3
      }
      ;;
  esac"""

_PREVIOUS = r"""
  if [[ -z "${target}" ]]; then
    # the highest revision below the one in force
    target="$(awk -F '\t' -v now="${current:-0}" '$1 != "" && $1 + 0 < now + 0 { print $1 }' \
      <<<"${listed}" | sort -n | tail -n 1)"
  fi"""

_ROLLOUT_TARGET = r"""
  local stable moving hash
  stable="$(field stableRS)"
  moving="$(field currentPodHash)"
  if [[ -z "${target}" && -n "${stable}" && "${stable}" != "${moving}" ]]; then
    # in the middle of a rollout: the version that it set out to replace
    target="$(awk -F '\t' -v hash="${stable}" '$2 == hash { print $1; exit }' <<<"${listed}")"
  elif [[ -z "${target}" ]]; then
    # the highest revision below the one in force
    target="$(awk -F '\t' -v now="${current:-0}" '$1 != "" && $1 + 0 < now + 0 { print $1 }' \
      <<<"${listed}" | sort -n | tail -n 1)"
  fi"""

_DEPLOYMENT_ACT = r"""
  prove_image "${image}"
  say "${environment}: from revision ${current} back to revision ${target}, ${image}"
  kubectl --namespace "${namespace}" rollout undo "${WORKLOAD}" --to-revision "${target}"
"""

_ROLLOUT_ACT = r"""
  say "${environment}: from revision ${current} back to revision ${target}, ${image}"
  if [[ "${stable}" != "${moving}" ]]; then
    # traffic first: the stable version's pods still run
    kubectl argo rollouts --namespace "${namespace}" abort @@ROLLOUT@@
  fi
  hash="$(awk -F '\t' -v wanted="${target}" '$1 == wanted { print $2; exit }' <<<"${listed}")"
  if [[ "${hash}" == "${stable}" ]]; then
    kubectl argo rollouts --namespace "${namespace}" undo @@ROLLOUT@@ --to-revision "${target}"
  else
    prove_image "${image}"
    kubectl argo rollouts --namespace "${namespace}" undo @@ROLLOUT@@ --to-revision "${target}"
    # a version that has served before needs no steps and no analysis
    kubectl argo rollouts --namespace "${namespace}" promote @@ROLLOUT@@ --full
  fi
"""


_VARIANT_ACT = r"""
  # the experiment's cohort gets the same version, in revisions of its own
  listed="$(revisions app.kubernetes.io/name=@@VARIANT@@)"
  target="$(awk -F '\t' -v image="${image}" '$3 == image { print $1 }' <<<"${listed}" |
    sort -n | tail -n 1)"
  if [[ -n "${target}" ]]; then
    kubectl --namespace "${namespace}" rollout undo deployment/@@VARIANT@@ \
      --to-revision "${target}"
  else
    say "deployment/@@VARIANT@@ never ran ${image}: its pods go"
    kubectl --namespace "${namespace}" scale deployment/@@VARIANT@@ --replicas 0
  fi
"""


_IMAGES = """  SKIP_IMAGE_CHECK  "yes" returns to a version without asking the registry for it
"""


def _tools(workload: Workload) -> str:
    if workload.chart:
        return " and helm"
    plugin = " and kubectl-argo-rollouts" if workload.rollout else ""
    return f"{plugin}; docker, where it is\nthere, asks the registry for the image"


def rollback_script(subject: Subject, figures: ScriptFigures) -> str:
    """The text of ``rollback.sh``."""
    workload = workload_of(subject)
    default = "the revision before the one in force"
    if workload.rollout:
        default = (
            "in the middle of a rollout the stable version, else the\n"
            "revision before the one in force"
        )
    parts: tuple[str, ...] = (REVISIONS, CURRENT, _IMAGE)
    target = _ROLLOUT_TARGET if workload.rollout else _PREVIOUS
    act = _ROLLOUT_ACT if workload.rollout else _DEPLOYMENT_ACT
    if workload.chart:
        parts = (scripts_chart.REVISIONS, scripts_chart.NEWEST)
        target, act = scripts_chart.TARGET, scripts_chart.ACT
    if workload.variant:
        act = act.rstrip("\n") + _VARIANT_ACT.replace("@@VARIANT@@", workload.variant)
    slots = {
        **common_slots(subject),
        **revision_slots(workload),
        "DEFAULT": default,
        "TOOLS": _tools(workload),
        "IMAGES": "" if workload.chart else _IMAGES,
        "TARGET": target.strip("\n"),
        "ACT": act.rstrip("\n").replace("@@ROLLOUT@@", workload.name),
        "WAIT": wait(workload),
        "HERE": _HERE if workload.serves else "",
        "VERIFY": _VERIFY if workload.serves else "",
    }
    fields = _ROLLOUT if workload.rollout else ""
    return script(
        SUMMARY.strip(),
        "".join((_HEAD, *parts, fields, _MAIN)),
        values={
            "NAME": subject.name,
            "WORKLOAD": workload.resource,
            "SELECTOR": workload.selector,
        },
        figures={"WAIT_SECONDS": figures.deadline},
        slots=slots,
    )
