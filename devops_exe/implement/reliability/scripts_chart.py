"""What differs in the scripts where the repository deploys by a Helm chart of its own."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from devops_exe.assess.readers.yamltree import documents, text_at
from devops_exe.implement.kubernetes.theirs import their_chart

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

DEPLOYED = r"""
# The revision of the release that serves; nothing where there is none yet.
current_revision() {
  local known
  known="$(helm --namespace "${namespace}" list --filter "^${NAME}\$" --short)"
  [[ -n "${known}" ]] || return 0
  helm --namespace "${namespace}" history "${NAME}" --output json | tr '{' '\n' |
    sed -n 's/.*"revision":\([0-9]*\),.*"status":"deployed".*/\1/p' | tail -n 1
}
"""
"""``current_revision`` of deploy.sh: of ``helm history``, which calls one revision deployed."""

RENDER = r"""
# What the chart makes of this image: one that does not render has changed nothing.
render() {
  local named="${image%@*}" tag='' file
  case "${named##*/}" in
    *:*)
      tag="${named##*:}"
      named="${named%:*}"
      ;;
    *) tag=release ;;
  esac
  release=("${NAME}" "${root}/${CHART}" --namespace "${namespace}"
    --set-string "image.repository=${named}" --set-string "image.tag=${tag}@${image##*@}")
  for file in "${root}/${CHART}/values-${environment}.yaml" \
    "${root}/${CHART}/values.${environment}.yaml"; do
    [[ ! -e "${file}" ]] || release+=(--values "${file}")
  done
  helm template "${release[@]}" >"${work}/objects.yaml"
}
"""

APPLY = r"""helm upgrade --install "${release[@]}" --create-namespace \
    --wait --timeout "${WAIT_SECONDS}s" """.rstrip()

REVISIONS = r"""
# Revision, status and chart of every release that Helm still has, a line each.
revisions() {
  helm --namespace "${namespace}" history "${NAME}" --output json | tr '{' '\n' |
    sed -n 's/.*"revision":\([0-9]*\),.*"status":"\([^"]*\)","chart":"\([^"]*\)".*/\1\t\2\t\3/p'
}
"""

NEWEST = r"""
# The revision that is in force, or that was tried last.
current_revision() { cut -f 1 <<<"${listed}" | sort -n | tail -n 1; }
"""

TARGET = r"""  if [[ -z "${target}" ]]; then
    # the highest revision below it that ever served
    target="$(awk -F '\t' -v now="${current:-0}" \
      '$1 + 0 < now + 0 && $2 ~ /^(deployed|superseded)$/ { print $1 }' <<<"${listed}" |
      sort -n | tail -n 1)"
  fi"""

ACT = r"""
  say "${environment}: from revision ${current} back to revision ${target}, ${image}"
  helm --namespace "${namespace}" rollback "${NAME}" "${target}" \
    --wait --timeout "${WAIT_SECONDS}s"
"""


def chart_of(subject: Subject) -> tuple[str, str] | None:
    """(folder, name) of the repository's chart, None where it has none."""
    path = their_chart(subject)
    if path is None:
        return None
    found, _ = documents(subject.files[path])
    name = text_at(found[0] if found else None, "name") or ""
    return posixpath.dirname(path) or ".", name


def chart_note(subject: Subject) -> str | None:
    """What a person must look at where the chart takes its image in another way."""
    chart = chart_of(subject)
    if chart is None:
        return None
    folder = "" if chart[0] == "." else f"{chart[0]}/"
    found, _ = documents(subject.files.get(f"{folder}values.yaml", ""))
    values = found[0] if found else None
    named = all(text_at(values, "image", key) is not None for key in ("repository", "tag"))
    said = (
        f"deploy.sh and rollback.sh release the chart {chart[0]} as {subject.name} by Helm, with "
        f"values-ENVIRONMENT.yaml where the chart has it"
    )
    if named:
        return f"{said}."
    return f"{said}; its values have no image.repository and image.tag: name its own in deploy.sh."
