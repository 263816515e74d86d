"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");
const { isatty } = require("node:tty");

const { findBinary } = require("./find-binary.cjs");

/** What somebody sends to this process is meant for the program behind it. */
const PASSED_ON = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2"];
/** A terminal sends these to both by itself; a program that got one twice would take it for impatience. */
const FROM_TERMINAL = new Set(["SIGHUP", "SIGINT", "SIGQUIT"]);

/** Becomes stigmer as far as Node can: the same arguments, streams, signals and end, and the name that says which part. */
function launch(name) {
  const found = findBinary();
  if (found.error !== undefined) return refuse(found.error, found.hint);
  const child = spawn(found.path, process.argv.slice(2), { argv0: name, stdio: "inherit" });
  const hasTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  for (const signal of PASSED_ON) {
    const isTold = hasTerminal && FROM_TERMINAL.has(signal);
    // Also a signal that is not passed on must not end this process before the program has ended.
    process.on(signal, () => isTold || child.kill(signal));
  }
  child.on("error", (error) =>
    refuse(`cannot run ${found.path}: ${error.message}`, hintFor(error)),
  );
  child.on("exit", (status, signal) => end(status, signal));
}

/** Ends as the program did, so that a shell tells the two from nothing. */
function end(status, signal) {
  if (signal === null) process.exit(status);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // A signal that ends no process of its own accord is at least told by the status.
  setTimeout(() => process.exit(128 + constants.signals[signal]), 1_000);
}

function refuse(message, hint) {
  process.stderr.write(`error: ${message}\nhint: ${hint}\n`);
  process.exitCode = 1;
}

function hintFor({ code }) {
  return code === "ENOENT"
    ? "the program is there, so its C library is not: reinstall stigmer on this very system"
    : "reinstall stigmer, in a folder from which programs may run";
}

module.exports = { launch };
