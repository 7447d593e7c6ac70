"""``verify.sh`` and ``budget_gate.sh``: what Prometheus says of a release and of the budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.reliability.scripts_text import (
    ASK,
    CURRENT,
    REVISIONS,
    USAGE_STATUS,
    revision_slots,
    script,
    workload,
)

if TYPE_CHECKING:
    from devops_exe.implement.reliability.scripts_figures import ScriptFigures
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

main() {
  case "${1:-}" in
    -h | --help)
      usage
      exit 0
      ;;
    @@ENVIRONMENT_CASE@@) ;;
    *) wrong_call ;;
  esac
  [[ $# -eq 1 ]] || wrong_call
  environment="$1"
  namespace="${NAME}-${environment}"
  [[ -n "${PROMETHEUS_URL:-}" ]] || unknown 'PROMETHEUS_URL is not set'
  job="${NAME}-${environment}"
  [[ "${environment}" != production ]] || job="${NAME}"

  local revision listed hash every failed requests ratio waited
  revision="$(current_revision)"
  listed="$(revisions)"
  hash="$(awk -F '\t' -v wanted="${revision}" '$1 == wanted { print $2; exit }' <<<"${listed}")"
  [[ -n "${hash}" ]] || unknown "no ReplicaSet of ${WORKLOAD} has revision ${revision:-none}"
  every="${EVERY//@JOB@/${job}}" && every="${every//@HASH@/${hash}}"
  failed="${FAILED//@JOB@/${job}}" && failed="${failed//@HASH@/${hash}}"

  [[ -z "${SMOKE_URL:-}" ]] || smoke
  say "watching revision ${revision} (${hash}) for ${VERIFY_SECONDS} s"
  sleep "${VERIFY_SECONDS}"
  waited="${VERIFY_SECONDS}"
  while :; do
    requests="$(ask "sum(increase(${every}[${WINDOW_SECONDS}s]))")"
    if awk -v n="${requests:-0}" -v enough="${ENOUGH_REQUESTS}" 'BEGIN { exit !(n >= enough) }'; then
      break
    fi
    if ((waited >= WINDOW_SECONDS)); then
      unknown "not enough requests: ${requests:-none} in ${WINDOW_SECONDS} s, ${ENOUGH_REQUESTS} are needed"
    fi
    say "${requests:-no} requests so far, ${ENOUGH_REQUESTS} are needed"
    sleep "${POLL_SECONDS}"
    waited=$((waited + POLL_SECONDS))
  done

  ratio="$(ask "(sum(increase(${failed}[${WINDOW_SECONDS}s])) or vector(0)) / sum(increase(${every}[${WINDOW_SECONDS}s]))")"
  [[ -n "${ratio}" ]] || unknown 'Prometheus gives no error ratio'
  if awk -v ratio="${ratio}" -v most="${MAX_ERROR_RATIO}" 'BEGIN { exit !(ratio > most) }'; then
    say "error ratio ${ratio} of ${requests} requests is above ${MAX_ERROR_RATIO}"
    exit 1
  fi
  say "error ratio ${ratio} of ${requests} requests, at most ${MAX_ERROR_RATIO}: healthy"
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

  local ratio left
  ratio="$(ask "(sum(increase(${FAILED}[${BUDGET_WINDOW_SECONDS}s])) or vector(0)) / sum(increase(${EVERY}[${BUDGET_WINDOW_SECONDS}s]))")"
  [[ -n "${ratio}" ]] || unknown "no requests of ${NAME} in the window"
  left="$(awk -v ratio="${ratio}" -v budget="${ERROR_BUDGET}" 'BEGIN { printf "%.1f", 100 * (1 - ratio / budget) }')"
  if awk -v ratio="${ratio}" -v budget="${ERROR_BUDGET}" 'BEGIN { exit !(ratio >= budget) }'; then
    say "spent: error ratio ${ratio}, the objective allows ${ERROR_BUDGET} (${left} % left); production is frozen"
    exit 1
  fi
  say "${left} % left: error ratio ${ratio}, the objective allows ${ERROR_BUDGET}"
}

main "$@"
"""
)


def verify_script(subject: Subject, figures: ScriptFigures) -> str:
    """The text of ``verify.sh``."""
    series = subject.series
    version = f'{series.hash_label}="@HASH@"'
    return script(
        VERIFY_SUMMARY.strip(),
        _VERIFY,
        values={
            "NAME": subject.name,
            "WORKLOAD": workload(subject),
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
            **revision_slots(subject, ' || unknown "kubectl gives no answer"'),
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
