import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join, resolve } from "node:path";

import { messageOf, StigmerError } from "../base/errors.ts";
import { readBuildFacts } from "./build-facts.ts";
import { places, say } from "./places.ts";
import { runStep } from "./run-step.ts";

const NAMES = ["stigmer-server", "stigmer-workflow-runner", "stigmer-agent-runner"];

await runStep(() => {
  const folder = resolve(fromHome(process.argv[2] ?? ""));
  try {
    installInto(folder);
  } catch (cause) {
    throw new StigmerError("failed", `stigmer can't be put into ${folder}: ${messageOf(cause)}`, {
      hint: "choose a folder that you may write to: make release-local PREFIX=<folder>",
      cause,
    });
  }
  const { version, commit } = readBuildFacts(process.env);
  say("installed", join(folder, "stigmer"), version, commit);
  say("with links", ...NAMES);
  if (!(process.env["PATH"] ?? "").split(delimiter).includes(folder)) {
    say(`${folder} is not on your PATH: add it, or choose another with PREFIX=<folder>`);
  }
});

function installInto(folder: string): void {
  mkdirSync(folder, { recursive: true });
  replace(join(folder, "stigmer"), (scratch) => copyFileSync(places.binary, scratch));
  for (const name of NAMES) {
    replace(join(folder, name), (scratch) => symlinkSync("stigmer", scratch));
  }
}

/** A shell leaves a `~` alone that is quoted or stands in the middle of a word. */
function fromHome(folder: string): string {
  return folder === "~" || folder.startsWith("~/")
    ? join(process.env["HOME"] || homedir(), folder.slice(1))
    : folder;
}

/** By one rename: the file of a running program cannot be written, but it can be replaced. */
function replace(path: string, make: (scratch: string) => void): void {
  const scratch = join(dirname(path), `.${basename(path)}.${process.pid}`);
  rmSync(scratch, { force: true });
  make(scratch);
  renameSync(scratch, path);
}
