"""``version.sh``: the next version and its notes, from conventional commits and tags."""

from __future__ import annotations

from devops_exe.implement.reliability.scripts_text import USAGE_STATUS, script

SUMMARY = """
version.sh next|notes [COMMIT]: the version that follows the last tag, and what is in it.
Conventional commits (conventionalcommits.org) and semantic versions (semver.org).
"""

_BODY = r"""
usage() {
  cat <<'END'
Usage: version.sh next|notes [COMMIT]

  next   prints the version of COMMIT (HEAD where none is named): the last tag vX.Y.Z before it,
         raised by the commits since then: "!" or BREAKING CHANGE the first number (below 1.0.0
         the second), feat the second, anything else the third; the tag itself where it has one
  notes  prints the commits since the last tag by kind, in Markdown

Needs git with the whole history and its tags.

Exit status: 0 printed, 1 git failed, @@USAGE@@ wrong call.
END
}

wrong_call() {
  usage >&2
  exit @@USAGE@@
}

# The last version before a commit; nothing where there is none.
last_tag() {
  local tags
  tags="$(git tag --merged "$1" --list 'v[0-9]*' --sort=-version:refname)"
  grep -m 1 -E '^v[0-9]+\.[0-9]+\.[0-9]+$' <<<"${tags}" || true
}

next() {
  local last="$1" range="$2" breaking='[a-z]+(\([^)]*\))?!: |BREAKING[ -]CHANGE: ' bodies
  local major minor patch
  if [[ -z "${last}" ]]; then
    echo v0.1.0
    return 0
  fi
  bodies="$(git log --format=%B "${range}")"
  IFS=. read -r major minor patch <<<"${last#v}"
  if ((major > 0)) && grep -Eq "^(${breaking})" <<<"${bodies}"; then
    echo "v$((major + 1)).0.0"
  elif grep -Eq "^(feat(\([^)]*\))?: |${breaking})" <<<"${bodies}"; then
    echo "v${major}.$((minor + 1)).0"
  elif [[ -n "${bodies}" ]]; then
    echo "v${major}.${minor}.$((patch + 1))"
  else
    echo "${last}"
  fi
}

# One heading with the commits whose subject matches; nothing where none does.
section() {
  local title="$1" pattern="$2" lines="$3" found
  found="$(grep -E "${pattern}" <<<"${lines}" || true)"
  [[ -z "${found}" ]] || printf '## %s\n\n%s\n\n' "${title}" "${found}"
}

notes() {
  local range="$1" lines other
  lines="$(git log --no-merges --format='- %s (%h)' "${range}")"
  section Breaking '^- [a-z]+(\([^)]*\))?!: ' "${lines}"
  section Features '^- feat(\([^)]*\))?: ' "${lines}"
  section Fixes '^- fix(\([^)]*\))?: ' "${lines}"
  other="$(grep -Ev '^- [a-z]+(\([^)]*\))?!: |^- (feat|fix)(\([^)]*\))?: ' <<<"${lines}" || true)"
  section Other '^- ' "${other}"
}

main() {
  case "${1:-}" in
    -h | --help)
      usage
      exit 0
      ;;
    next | notes) ;;
    *) wrong_call ;;
  esac
  [[ $# -le 2 ]] || wrong_call
  local commit last
  commit="$(git rev-parse --verify --quiet --end-of-options "${2:-HEAD}^{commit}")"
  last="$(last_tag "${commit}")"
  if [[ "$1" == next ]]; then
    next "${last}" "${last:+${last}..}${commit}"
  else
    notes "${last:+${last}..}${commit}"
  fi
}

main "$@"
"""


def version_script() -> str:
    """The text of ``version.sh``: the same for every system."""
    return script(
        SUMMARY.strip(),
        _BODY,
        values={},
        figures={},
        slots={"USAGE": str(USAGE_STATUS)},
    )
