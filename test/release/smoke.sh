#!/bin/sh
# Tries an archive of a release on a machine that has nothing else: sh smoke.sh ARCHIVE VERSION TARGET
set -eu

archive=$1
version=$2
target=$3

scratch=$(mktemp -d)
stigmer=$scratch/stigmer
export HOME="$scratch" STIGMER_HOME="$scratch/state" STIGMER_OFFLINE=1

clean_up() {
  "$stigmer" server stop --quiet >"$scratch/stop" 2>&1 || true
  rm -rf "$scratch"
}
trap clean_up EXIT

fail() {
  echo "error: $1" >&2
  exit 1
}

# What the command after the first argument prints has to hold that text.
expect() {
  wanted=$1
  shift
  "$@" >"$scratch/output" 2>&1 || {
    cat "$scratch/output" >&2
    fail "\"$*\" failed"
  }
  grep -qF "$wanted" "$scratch/output" || {
    cat "$scratch/output" >&2
    fail "\"$*\" does not say \"$wanted\""
  }
  echo "ok  $wanted"
}

check_digest() (
  cd "$(dirname "$archive")"
  if command -v sha256sum >/dev/null; then
    sha256sum -c "$(basename "$archive").sha256"
  else
    shasum -a 256 -c "$(basename "$archive").sha256"
  fi
)

run_workflow() {
  cat >"$scratch/greet.yaml" <<'END'
document: { dsl: 1.0.3, namespace: default, name: greet, version: 1.0.0 }
do:
  - greet: { set: { greeting: "Hello ${ .name }" } }
END
  expect 'Hello Ada' "$stigmer" exec -f "$scratch/greet.yaml" -i name=Ada
}

# The first start extracts the agent-runner; its home was empty, and nothing was downloaded.
start_server() {
  expect 'server ready at' "$stigmer" server --port 0
  expect 'server healthy at' "$stigmer" server status
  expect "$version" "$stigmer" runner verify
  expect 'server stopped' "$stigmer" server stop
}

check_digest
tar -xzf "$archive" -C "$scratch" stigmer
expect "\"version\":\"$version\"" "$stigmer" version --json
expect "\"target\":\"$target\"" "$stigmer" version --json
run_workflow
start_server
echo "$(basename "$archive") works on $(uname -sm)"
