"""``verify.sh`` and ``budget_gate.sh``: what Prometheus says of a release and of the budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.reliability.scripts_text import (
    ASK,
    CURRENT,
    MAIN_OPENING,
    REVISIONS,
    USAGE_STATUS,
    revision_slots,
    script,
)
from devops_exe.implement.reliability.scripts_workload import workload_of

if TYPE_CHECKING:
    from devops_exe.implement.reliability.scripts_figures import ScriptFigures
    from devops_exe.implement.reliability.scripts_workload import Workload
    from devops_exe.implement.subject import Subject

VERIFY_SUMMARY = """
verify.sh ENVIRONMENT: does the version that runs now keep to the objective?
"""

_VERIFY = (
    r"""
usage() {
  cat <<'END'
Usage: verify.sh ENVIRONMENT      (@@ENVIRONMENTS@@)

Asks Prometheus for the share of failed requests of the version that runs now.

  PROMETHEUS_URL    where Prometheus answers (required)
  PROMETHEUS_TOKEN  bearer token, where it wants one
  SMOKE_URL         a page of the service that is asked first, as often as a judgement needs:
                    for environments that have no users of their own

Exit status: 0 healthy, 1 too many failures, 2 not known (no answer, no data, too few
requests), @@USAGE@@ wrong call.
END
}

wrong_call() {
  usage >&2
  exit @@USAGE@@
}

say() { printf 'verify: %s\n' "$*" >&2; }

unknown() {
  say "not known: $*"
  exit 2
}
"""
    + ASK
    + REVISIONS
    + CURRENT
    + r"""
# Adds the template hash of the version in force, by which its series are told from others'.
add_hash() {
  local revision listed found
  revision="$(current_revision "$1")"
  listed="$(revisions "$2")"
  found="$(awk -F '\t' -v wanted="${revision}" '$1 == wanted { print $2; exit }' <<<"${listed}")"
  [[ -n "${found}" ]] || unknown "no ReplicaSet of $1 has revision ${revision:-none}"
  hash="${hash:+${hash}|}${found}"
}

# Requests of our own, where nobody else sends any.
smoke() {
  local sent
  say "sending ${ENOUGH_REQUESTS} requests to ${SMOKE_URL}"
  for ((sent = 0; sent < ENOUGH_REQUESTS; sent++)); do
    # an answer of 5xx is no failure of curl: Prometheus counts it
    curl --silent --show-error --output /dev/null --max-time 10 "${SMOKE_URL}" || {
      say "no answer from ${SMOKE_URL}"
      exit 1
    }
  done
}
"""
    + MAIN_OPENING
    + r"""  [[ $# -eq 1 ]] || wrong_call
  environment="$1"
  namespace="${NAME}-${environment}"
  [[ -n "${PROMETHEUS_URL:-}" ]] || unknown 'PROMETHEUS_URL is not set'
  job="${NAME}-${environment}"
  [[ "${environment}" != production ]] || job="${NAME}"

  local every failed requests ratio waited
  hash=''
  add_hash "${WORKLOAD}" "${SELECTOR}"
@@VARIANT@@
  every="${EVERY//@JOB@/${job}}"
  every="${every//@HASH@/${hash}}"
  failed="${FAILED//@JOB@/${job}}"
  failed="${failed//@HASH@/${hash}}"

  [[ -z "${SMOKE_URL:-}" ]] || smoke
  say "watching ${hash} for ${VERIFY_SECONDS} s"
  sleep "${VERIFY_SECONDS}"
  waited="${VERIFY_SECONDS}"
  while :; do
    requests="$(ask "sum(increase(${every}[${WINDOW_SECONDS}s]))")"
    if awk "BEGIN { exit !(${requests:-0} >= ${ENOUGH_REQUESTS}) }"; then
      break
    fi
    say "${requests:-no} requests in ${WINDOW_SECONDS} s, ${ENOUGH_REQUESTS} are needed"
    if ((waited >= WINDOW_SECONDS)); then
      unknown 'not enough requests'
    fi
    sleep "${POLL_SECONDS}"
    waited=$((waited + POLL_SECONDS))
  done

  # without a single failure there may be no series of failures
  failed="(sum(increase(${failed}[${WINDOW_SECONDS}s])) or vector(0))"
  ratio="$(ask "${failed} / sum(increase(${every}[${WINDOW_SECONDS}s]))")"
  [[ -n "${ratio}" ]] || unknown 'Prometheus gives no error ratio'
  say "error ratio ${ratio} of ${requests} requests, ${MAX_ERROR_RATIO} is allowed"
  if ! awk "BEGIN { exit !(${ratio} <= ${MAX_ERROR_RATIO}) }"; then
    say 'too many failures'
    exit 1
  fi
  say 'healthy'
}

main "$@"
"""
)

GATE_SUMMARY = """
budget_gate.sh: may production be changed, or is the error budget spent?
"""

_GATE = (
    r"""
usage() {
  cat <<'END'
Usage: budget_gate.sh

Asks Prometheus how much of production's error budget is left over the objective's window.

  PROMETHEUS_URL        where Prometheus answers (required)
  PROMETHEUS_TOKEN      bearer token, where it wants one
  FREEZE_OVERRIDE       why this change goes out although the budget is spent or not known: the
                        repair itself, a security fix, the first deployment. It is printed.

Exit status: 0 budget left (or overridden), 1 spent, 2 not known (no answer, no data),
@@USAGE@@ wrong call. What is not known is no leave to deploy.
END
}

wrong_call() {
  usage >&2
  exit @@USAGE@@
}

say() { printf 'budget: %s\n' "$*" >&2; }

unknown() {
  say "not known: $*"
  exit 2
}
"""
    + ASK
    + r"""
main() {
  case "${1:-}" in
    -h | --help)
      usage
      exit 0
      ;;
    '') ;;
    *) wrong_call ;;
  esac
  if [[ -n "${FREEZE_OVERRIDE:-}" ]]; then
    say "overridden: ${FREEZE_OVERRIDE}"
    exit 0
  fi
  [[ -n "${PROMETHEUS_URL:-}" ]] || unknown 'PROMETHEUS_URL is not set'

  local failed ratio left
  # without a single failure there may be no series of failures
  failed="(sum(increase(${FAILED}[${BUDGET_WINDOW_SECONDS}s])) or vector(0))"
  ratio="$(ask "${failed} / sum(increase(${EVERY}[${BUDGET_WINDOW_SECONDS}s]))")"
  [[ -n "${ratio}" ]] || unknown "no requests of ${NAME} in the window"
  left="$(awk "BEGIN { printf \"%.1f\", 100 * (1 - ${ratio} / ${ERROR_BUDGET}) }")"
  say "${left} % left: error ratio ${ratio}, the objective allows ${ERROR_BUDGET}"
  if ! awk "BEGIN { exit !(${ratio} < ${ERROR_BUDGET}) }"; then
    say 'spent: production is frozen, but for what repairs it (FREEZE_OVERRIDE)'
    exit 1
  fi
}

main "$@"
"""
)


def verify_script(subject: Subject, figures: ScriptFigures) -> str:
    """The text of ``verify.sh``."""
    series = subject.series
    workload = workload_of(subject)
    # an experiment's two Deployments run one digest under two hashes
    version = f'{series.hash_label}{"=~" if workload.variant else "="}"@HASH@"'
    return script(
        VERIFY_SUMMARY.strip(),
        _VERIFY,
        values={
            "NAME": subject.name,
            "WORKLOAD": workload.resource,
            "SELECTOR": workload.selector,
            "EVERY": series.every(version, job="@JOB@"),
            "FAILED": series.failed(version, job="@JOB@"),
        },
        figures={
            "MAX_ERROR_RATIO": figures.threshold,
            "WINDOW_SECONDS": figures.window,
            "ENOUGH_REQUESTS": figures.samples,
            "VERIFY_SECONDS": figures.verify,
            "POLL_SECONDS": figures.poll,
        },
        slots={
            **common_slots(subject),
            **revision_slots(workload, ' || unknown "kubectl gives no answer"'),
            "VARIANT": _variant(workload),
        },
    )


def gate_script(subject: Subject, figures: ScriptFigures) -> str:
    """The text of ``budget_gate.sh``."""
    series = subject.series
    return script(
        GATE_SUMMARY.strip(),
        _GATE,
        values={"NAME": subject.name, "EVERY": series.every(), "FAILED": series.failed()},
        figures={
            "ERROR_BUDGET": figures.budget,
            "BUDGET_WINDOW_SECONDS": figures.budget_window,
        },
        slots=common_slots(subject),
    )


def common_slots(subject: Subject) -> dict[str, str]:
    """What the usage texts share."""
    names = [environment.name for environment in subject.environments]
    return {
        "ENVIRONMENTS": ", ".join(names),
        "ENVIRONMENT_CASE": " | ".join(names),
        "USAGE": str(USAGE_STATUS),
    }


def _variant(workload: Workload) -> str:
    if not workload.variant:
        return ""
    name = workload.variant
    return f"  add_hash deployment/{name} app.kubernetes.io/name={name}"
