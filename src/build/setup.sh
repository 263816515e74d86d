#!/bin/sh
# Puts the right Bun into .tools and installs the dependencies. The only step that cannot be written for Bun.
set -eu
version=$1

is_right() {
  [ -x "$1" ] && [ "$("$1" --version 2>/dev/null)" = "$version" ]
}

find_bun() {
  found=$(command -v bun || true)
  if [ -n "$found" ] && is_right "$found"; then
    ln -sf "$found" .tools/bun
    return
  fi
  echo "installing bun $version from npm into .tools" >&2
  # npm may be told not to run install scripts, so the platform's own package is used as it is.
  npm install --prefix .tools/npm --no-save --no-audit --no-fund --no-update-notifier \
    --ignore-scripts --loglevel=error "bun@$version" >&2
  for candidate in .tools/npm/node_modules/@oven/bun-*/bin/bun; do
    if is_right "$candidate"; then
      mv "$candidate" .tools/bun
      rm -rf .tools/npm
      return
    fi
  done
  echo "error: npm installed no bun $version that runs on $(uname -sm)" >&2
  echo "hint: put bun $version on the PATH (https://bun.sh/docs/installation)" >&2
  exit 1
}

mkdir -p .tools
is_right .tools/bun || find_bun
.tools/bun install --frozen-lockfile --silent
