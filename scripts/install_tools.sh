#!/bin/sh
# Installs the tools that prove generated files: Debian's packages where apt-get is, and where Go is
# the field's own, built through the module proxy into the user's cache folder, and the schemas of
# custom resources from the manifests of the modules that define them.
# Safe to run twice: what is there in the wanted version stays. One line a tool.
#
#   scripts/install_tools.sh          what CI needs; a few minutes on two cores
#   scripts/install_tools.sh --all    also what takes longer: conftest, helm, tflint, OpenTofu
#
# Into $DEVOPS_EXE_CACHE_DIR, else $XDG_CACHE_HOME/devops-exe, else ~/.cache/devops-exe.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
list=$root/scripts/tools.list
default=$HOME/.cache
[ "$(uname -s)" != Darwin ] || default=$HOME/Library/Caches
cache=${DEVOPS_EXE_CACHE_DIR:-${XDG_CACHE_HOME:-$default}/devops-exe}
bin=$cache/tools/bin
seconds=840 # no build begins after these
began=$(date +%s)
failed=0
all=no

case ${1:-} in
'') ;;
--all) all=yes ;;
*)
  echo "usage: $0 [--all]" >&2
  exit 2
  ;;
esac

say() { printf '%-22s %s\n' "$1" "$2"; }

miss() {
  say "$1" "not installed: $2"
  failed=1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

# PROGRAM PACKAGE: Debian's, where the program is not there yet
debian() {
  if command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]; then
    say "$1" "is there"
  elif ! command -v apt-get >/dev/null 2>&1; then
    miss "$1" "no apt-get; install $2 with your system's package manager"
  elif as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" \
    >/dev/null 2>&1; then
    say "$1" "installed from $2"
  elif as_root apt-get update -qq >/dev/null 2>&1 &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" \
      >/dev/null 2>&1; then
    say "$1" "installed from $2"
  else
    miss "$1" "apt-get install $2 failed"
  fi
}

# MODULE VERSION: its folder in the module cache
folder_of() {
  go mod download -json "$1@$2" 2>/dev/null | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p'
}

# NAME MODULE VERSION PACKAGE HOW
build() {
  note=$bin/.$1.version
  if [ -x "$bin/$1" ] && [ "$(cat "$note" 2>/dev/null)" = "$3" ]; then
    say "$1" "$3 is there"
    return 0
  fi
  if [ $(($(date +%s) - began)) -ge $seconds ]; then
    miss "$1" "no time left; run this again"
    return 0
  fi
  work=$(mktemp -d)
  package=$2
  [ "$4" = . ] || package=$2/$4
  start=$(date +%s)
  made=$work/$1
  case $5 in
  install*)
    tags=${5#install}
    GOBIN=$work go install -ldflags '-s -w' -tags "${tags#:}" "$package@$3" >"$work/log" 2>&1 || :
    made=$work/$(basename "$(printf %s "$package" | sed 's,/v[0-9]*$,,')")
    ;;
  own)
    (cd "$root/scripts/$4" && go build -ldflags '-s -w' -o "$made" .) >"$work/log" 2>&1 || :
    ;;
  copy)
    source=$(folder_of "$2" "$3")
    if [ -n "$source" ]; then
      cp -R "$source" "$work/source"
      chmod -R u+w "$work/source"
      (cd "$work/source" && go build -ldflags '-s -w' -o "$made" "./$4") >"$work/log" 2>&1 || :
    fi
    ;;
  esac
  if [ -x "$made" ]; then
    mv -f "$made" "$bin/$1"
    printf '%s\n' "$3" >"$note"
    say "$1" "$3 built in $(($(date +%s) - start)) s"
  else
    miss "$1" "$(tail -n 1 "$work/log" 2>/dev/null || echo 'the module is not to be had')"
  fi
  rm -rf "$work"
}

# Kubernetes' schemas, and those of the custom resources that the list names
schemas() {
  python=${PYTHON:-$root/.venv/bin/python}
  command -v "$python" >/dev/null 2>&1 || python=python3
  wanted=$(grep ' schemas ' "$list" | cksum)-$("$python" -c '
import importlib.metadata as m
try: print(m.version("kubernetes-validate"))
except m.PackageNotFoundError: print("none")' 2>/dev/null || echo none)
  if [ "$(cat "$cache/schemas/.made" 2>/dev/null)" = "$wanted" ]; then
    say schemas "are there"
    return 0
  fi
  set --
  while read -r name module version manifests how _; do
    [ "$name" = - ] && [ "$how" = schemas ] || continue
    source=$(folder_of "$module" "$version")
    if [ -z "$source" ]; then
      miss "$module" "the module is not to be had"
      continue
    fi
    for manifest in "$source"/$manifests; do
      set -- "$@" "$manifest"
    done
  done <"$list"
  if made=$(PYTHONPATH=$root "$python" -m devops_exe.implement.proof.schemas --into "$cache/schemas" "$@" 2>&1); then
    printf '%s\n' "$wanted" >"$cache/schemas/.made"
    say schemas "${made#schemas: }"
  else
    miss schemas "$(printf '%s' "$made" | tail -n 1)"
  fi
}

debian promtool prometheus
debian amtool prometheus-alertmanager
debian haproxy haproxy
debian nginx nginx-light

if command -v go >/dev/null 2>&1; then
  mkdir -p "$bin"
  GOFLAGS='-trimpath -buildvcs=false'
  CGO_ENABLED=0
  export GOFLAGS CGO_ENABLED
  while read -r name module version package how group; do
    case $name in '#'* | '' | -) continue ;; esac
    [ "$group" = proof ] || [ $all = yes ] || continue
    build "$name" "$module" "$version" "$package" "$how" </dev/null
  done <"$list"
  schemas
else
  miss go "the tools that need it are skipped; install Go 1.26 or newer"
fi
exit $failed
