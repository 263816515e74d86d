"use strict";

const { closeSync, openSync, readSync } = require("node:fs");

const { optionalDependencies, version } = require("./package.json");

const HEAD_BYTES = 4_096;

/** Where the program for this system is; what is wrong and what mends it when there is none. */
function findBinary() {
  const name = packageFor(process.platform, process.arch);
  const path = resolve(name);
  if (path !== undefined) return { path };
  const known = Object.keys(optionalDependencies);
  return known.includes(name) ? notInstalled(name, known) : noBuild(known);
}

/** An npm before 10.4 installs what is for either C library, so it is not enough that a package is there. */
function packageFor(platform, cpu) {
  const name = `@stigmer/cli-${platform}-${cpu}`;
  return platform === "linux" && isMusl() ? `${name}-musl` : name;
}

/** Node itself names the loader of its C library in its first bytes. */
function isMusl() {
  const head = Buffer.alloc(HEAD_BYTES);
  const file = openSync(process.execPath, "r");
  try {
    readSync(file, head, 0, HEAD_BYTES, 0);
  } finally {
    closeSync(file);
  }
  return head.includes("/ld-musl-");
}

function resolve(name) {
  try {
    return require.resolve(`${name}/bin/stigmer`);
  } catch {
    return undefined;
  }
}

function noBuild(known) {
  const systems = known.map((name) => name.replace("@stigmer/cli-", ""));
  return {
    error: `there is no build of stigmer for ${process.platform}-${process.arch}`,
    hint: `there are builds for ${systems.join(", ")}; on Windows use WSL`,
  };
}

function notInstalled(name, known) {
  const others = known.filter((other) => resolve(other) !== undefined);
  const reason =
    others.length > 0
      ? `${others.join(", ")} is: was node_modules copied from another system?`
      : "was it left out with --omit=optional or --no-optional?";
  return {
    error: `the package ${name}, which holds the program for this system, is not installed; ${reason}`,
    hint: `run on this system: npm install --include=optional stigmer@${version} (with -g for a global one)`,
  };
}

module.exports = { findBinary };
