"""``deploy.sh``: one image, by digest, into one environment; back again when a step fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement import layout
from devops_exe.implement.reliability import scripts_chart
from devops_exe.implement.reliability.scripts_text import (
    CURRENT,
    MAIN_OPENING,
    revision_slots,
    script,
)
from devops_exe.implement.reliability.scripts_verify import common_slots
from devops_exe.implement.reliability.scripts_workload import workload_of

if TYPE_CHECKING:
    from devops_exe.implement.reliability.scripts_figures import ScriptFigures
    from devops_exe.implement.reliability.scripts_workload import Workload
    from devops_exe.implement.subject import Subject

_USAGE = r"""
usage() {
  cat <<'END'
Usage: deploy.sh ENVIRONMENT IMAGE@sha256:DIGEST      (@@ENVIRONMENTS@@)

@@ABOUT@@
  PROMETHEUS_URL    where verify.sh asks; see verify.sh --help

Needs kubectl (its context is the cluster), @@TOOLS@@ and curl.

Exit status: 0 deployed and healthy, 1 failed before the running version was touched,
2 failed and rolled back, 3 failed and not rolled back, or not to a healthy
version (page the owner on call), @@USAGE@@ wrong call.
END
}

wrong_call() {
  usage >&2
  exit @@USAGE@@
}

say() { printf 'deploy: %s\n' "$*" >&2; }
"""

_FINISH = r"""
# Runs at every exit: what was changed is changed back unless all went well.
finish() {
  local status=$?@@BACK@@
  trap - EXIT
  rm -rf -- "${work}"
  [[ "${status}" -ne 0 ]] || exit 0
  if [[ "${touched}" == no ]]; then
    say "failed (${step}): the running version was not touched"
    exit 1
  fi
@@ROLL_BACK@@
}
"""

_AUTOMATIC = r"""  if [[ -z "${before}" ]]; then
    say "failed (${step}): the first deployment has no version to return to"
    exit 3
  fi
  say "failed (${step}): rolling back to revision ${before}"
  "${here}/rollback.sh" "${environment}" "${before}" || back=$?
  if [[ "${back}" -eq 3 ]]; then
    say 'rolled back, but the previous version is not seen to be healthy: page the owner on call'
    exit 3
  elif [[ "${back}" -ne 0 ]]; then
    say "NOT rolled back (rollback.sh: ${back}): page the owner on call"
    exit 3
  fi
  say 'rolled back: the previous version serves'
  exit 2"""

_BY_HAND = r"""  # the requirement says that a person decides
  say "failed (${step}): decide now; rollback.sh ${environment} returns to the previous version"
  exit 3"""

_RENDER = r"""
# The overlay with this image, in a copy: the checkout stays as it was reviewed.
render() {
  local overlay="${work}/kubernetes/overlays/${environment}"
  mkdir -- "${work}/kubernetes"
  cp -R -- "${root}/${KUBERNETES}/." "${work}/kubernetes"
  (cd -- "${overlay}" && kustomize edit set image "${NAME}=${image}")
  kustomize build "${overlay}" >"${work}/objects.yaml"
}
"""

_MIGRATE = r"""
# Expand first: the running version has to work on the new schema too. What contracts it comes
# with a later release, once nothing reads the old form.
migrate() {
  local state='' waited=0
  kubectl apply --filename "${work}/objects.yaml" --selector "${SETUP}"
  # a Job cannot be changed: the one of the release before makes room
  kubectl --namespace "${namespace}" delete job "${MIGRATION}" --ignore-not-found --wait
  kubectl apply --filename "${work}/objects.yaml" --selector "${MIGRATIONS}"
  while ((waited < DEADLINE_SECONDS)); do
    state="$(kubectl --namespace "${namespace}" get job "${MIGRATION}" \
      --output 'jsonpath={.status.conditions[?(@.status=="True")].type}')"
    case "${state}" in
      *Failed* | *FailureTarget*) break ;;
      *Complete* | *SuccessCriteriaMet*) return 0 ;;
      *) ;;
    esac
    sleep 5
    waited=$((waited + 5))
  done
  kubectl --namespace "${namespace}" logs "job/${MIGRATION}" --tail=50 || true
  say "the migration did not complete (${state:-still running})"
  exit 1
}
"""

_MAIN = (
    MAIN_OPENING
    + r"""  [[ $# -eq 2 ]] || wrong_call
  environment="$1"
  image="$2"
  namespace="${NAME}-${environment}"
  # a tag can be moved after it was tested; a digest cannot
  if [[ ! "${image}" =~ ^[a-z0-9][a-zA-Z0-9._:/-]*@sha256:[0-9a-f]{64}$ ]]; then
    say "not an image by digest: ${image}"
    exit @@USAGE@@
  fi
  here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
  root="$(cd -- "${here}/@@UP@@" && pwd)"
  work="$(mktemp -d)"
  touched=no
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM

  step='see what runs'
  before="$(current_revision "${WORKLOAD}")"
  say "${environment}: ${image} after revision ${before:-none}"

  step='render the objects'
  render
@@MIGRATION_STEP@@
  step='apply the objects'
  touched=yes
  @@APPLY@@

  step='wait for the rollout'
  @@WAIT@@

@@VERIFY@@
  say "${environment} runs ${image}"
}

main "$@"
"""
)

_VERIFY = r"""  step='verify'
  case "${environment}" in
    # one pod and no users: that it is ready is all there is to know
    development) say 'development: ready' ;;
    *) "${here}/verify.sh" "${environment}" ;;
  esac"""

_NO_REQUESTS = r"""  # it answers no requests: that its pods are ready is all there is to see
  say 'ready'"""

_MIGRATION_STEP = r"""
  step='migrate the schema'
  migrate
"""


_KUBERNETES = layout.BASE.rpartition("/")[0]


def deploy_script(subject: Subject, figures: ScriptFigures) -> str:
    """The text of ``deploy.sh``."""
    workload = workload_of(subject)
    values = {
        "NAME": subject.name,
        "WORKLOAD": workload.resource,
        **({"CHART": workload.chart} if workload.chart else {"KUBERNETES": _KUBERNETES}),
    }
    timings = {"WAIT_SECONDS": figures.wait}
    if workload.migrates:
        values |= {
            "MIGRATION": layout.migration_job(subject),
            "MIGRATIONS": layout.MIGRATION_SELECTOR,
            "SETUP": layout.SETUP_SELECTOR,
        }
        timings["DEADLINE_SECONDS"] = figures.deadline
    current = scripts_chart.DEPLOYED if workload.chart else CURRENT
    render = scripts_chart.RENDER if workload.chart else _RENDER
    migrate = _MIGRATE if workload.migrates else ""
    automatic = subject.profile.value("automated_rollback") is not False
    slots = {
        **common_slots(subject),
        **revision_slots(workload),
        "ABOUT": _about(workload, automatic),
        "TOOLS": _tools(workload),
        "UP": "/".join(".." for _ in layout.SCRIPTS.split("/")),
        "BACK": " back=0" if automatic else "",
        "ROLL_BACK": _AUTOMATIC if automatic else _BY_HAND,
        "MIGRATION_STEP": _MIGRATION_STEP if workload.migrates else "",
        "APPLY": scripts_chart.APPLY if workload.chart else _apply(workload.migrates),
        "WAIT": _waiting(workload, automatic) + wait(workload),
        "VERIFY": _VERIFY if workload.serves else _NO_REQUESTS,
    }
    return script(
        _summary(workload, automatic),
        "".join((_USAGE, current, _FINISH, render, migrate, _MAIN)),
        values=values,
        figures=timings,
        slots=slots,
    )


def _tools(workload: Workload) -> str:
    if workload.chart:
        return "helm"
    return "kustomize, kubectl-argo-rollouts" if workload.rollout else "kustomize"


def _summary(workload: Workload, automatic: bool) -> str:
    steps = [*(["migrate"] if workload.migrates else []), "apply", "wait"]
    steps += ["verify"] if workload.serves else []
    first = f"deploy.sh ENVIRONMENT IMAGE@DIGEST: {', '.join(steps)}"
    if not automatic:
        return f"{first}."
    return f"{first};\nrolls back when a step fails after the running version was touched."


def _waiting(workload: Workload, automatic: bool) -> str:
    """What a person has to do meanwhile, where the rollout waits for one."""
    if automatic or not workload.rollout:
        return ""
    return f"say 'where it pauses: kubectl argo rollouts promote {workload.name}'\n  "


def wait(workload: Workload) -> str:
    """The command that waits for the rollout's end, and fails where it is bad or late."""
    if workload.rollout:
        return (
            f'kubectl argo rollouts --namespace "${{namespace}}" status {workload.name} '
            '--timeout "${WAIT_SECONDS}s"'
        )
    command = 'kubectl --namespace "${namespace}" rollout status "${WORKLOAD}"'
    command += ' --timeout "${WAIT_SECONDS}s"'
    if workload.variant:
        command += f"\n  {command.replace('${WORKLOAD}', f'deployment/{workload.variant}')}"
    return command


def _apply(migrates: bool) -> str:
    if not migrates:
        return 'kubectl apply --filename "${work}/objects.yaml"'
    return 'kubectl apply --filename "${work}/objects.yaml" --selector "${MIGRATIONS/=/!=}"'


def _about(workload: Workload, automatic: bool) -> str:
    first = "Runs the migration, applies" if workload.migrates else "Applies"
    what = "chart" if workload.chart else "overlay"
    judged = ", verifies it" if workload.serves else ""
    last = "rolls back when a step fails" if automatic else "says so when a step fails"
    return f"{first} the {what} with this image, waits for the rollout{judged}, and\n{last}.\n"
