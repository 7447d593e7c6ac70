#!/bin/sh
# Installs aimock, a mock of model APIs that nobody here wrote, for tests/wire/test_aimock.py.
# Safe to run twice: what is there already is kept. Needs npm and Node.js 20 or newer.
#
#   scripts/install_test_server.sh            into ~/.cache/devops-exe/aimock
#   DEVOPS_EXE_AIMOCK_DIR=DIR scripts/…       into DIR
set -eu

version=1.43.0
folder=${DEVOPS_EXE_AIMOCK_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/devops-exe/aimock}
binary=$folder/node_modules/.bin/llmock
manifest=$folder/node_modules/@copilotkit/aimock/package.json

if [ -x "$binary" ] && grep -q "\"version\": \"$version\"" "$manifest" 2>/dev/null; then
  echo "aimock $version is installed: $binary"
  exit 0
fi
if ! command -v npm >/dev/null 2>&1; then
  echo "npm is missing; install Node.js 20 or newer" >&2
  exit 1
fi
mkdir -p "$folder"
npm install --prefix "$folder" --no-save --no-package-lock --no-audit --no-fund \
  --ignore-scripts --loglevel=error "@copilotkit/aimock@$version"
test -x "$binary"
echo "aimock $version is installed: $binary"
