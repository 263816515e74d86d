import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

import { target, version } from "../../src/base/build-info.ts";
import type { Paths } from "../../src/base/paths.ts";
import { type InstalledRunner, listRunners } from "../../src/release/list-runners.ts";
import { chooserOf } from "../../src/release/runner-file.ts";
import { type Finding, note, ok, problem } from "./finding.ts";

const SANDBOX_MAX_MS = 3_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** The program itself: which build it is, and whether another one hides it. */
export function checkPrograms(environment: Environment): Finding[] {
  const found = programsOn(environment["PATH"] ?? "");
  const build = ok("version", `${version} for ${target}`);
  const [first, ...others] = found;
  if (!first) {
    return [build, note("path", "stigmer is not on PATH", "add the folder it is in to PATH")];
  }
  if (others.length === 0) return [build, ok("path", `${first} is the only stigmer on PATH`)];
  const hidden = others.join(", ");
  return [
    build,
    problem(
      "path",
      `${first} hides ${hidden}`,
      "remove all but one, so that you know which one runs",
    ),
  ];
}

/** Different files called stigmer, in the order in which a shell looks. Links to one file are one. */
function programsOn(path: string): string[] {
  const seen = new Set<string>();
  return path.split(delimiter).flatMap((folder) => {
    const file = join(folder, "stigmer");
    const real = executable(file);
    if (folder === "" || real === undefined || seen.has(real)) return [];
    seen.add(real);
    return [file];
  });
}

function executable(file: string): string | undefined {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile() ? realpathSync(file) : undefined;
  } catch {
    return undefined;
  }
}

/** Every installed agent-runner, hashed as a whole. */
export function checkRunners(paths: Paths): Finding[] {
  const runners = listRunners(paths);
  if (runners.length === 0) {
    return [note("agent-runner", 'not installed yet; the first "stigmer server" does it')];
  }
  return runners.map(checkRunner);
}

function checkRunner(runner: InstalledRunner): Finding {
  const { verdict, version: number, folder, reason, source, roles } = runner;
  if (verdict !== "good") {
    const fix = '"stigmer server restart" puts a good one in its place';
    return problem("agent-runner", `${folder} ${reason ?? "is missing"}`, fix);
  }
  if (source !== undefined && roles.includes("pinned")) {
    const message = `${number} is used, whatever is built (chosen by ${chooserOf(source)})`;
    return note("agent-runner", message, '"stigmer runner reset" ends it');
  }
  return ok("agent-runner", `${number} is as it was built (${source})`);
}

/** Agents' shell and file tools are refused without it; everything else works. */
export async function checkSandbox(environment: Environment): Promise<Finding> {
  if (process.platform !== "linux") {
    return note("sandbox", "the shell and file tools of agents need Linux and bubblewrap");
  }
  const program = Bun.which("bwrap", { PATH: environment["PATH"] ?? "" });
  if (program === null) {
    return note(
      "sandbox",
      "bubblewrap is missing: the shell and file tools of agents are refused",
      "apt install bubblewrap, dnf install bubblewrap, or the like",
    );
  }
  const refusal = await trySandbox(program);
  return refusal === undefined
    ? ok("sandbox", `bubblewrap is ${program}, and works`)
    : note(
        "sandbox",
        `bubblewrap can't make a sandbox: ${refusal}; the shell and file tools of agents are refused`,
        "allow user namespaces, as with: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
      );
}

/** Containers and hardened systems forbid it what it needs. Undefined when it works. */
async function trySandbox(program: string): Promise<string | undefined> {
  const view = ["--ro-bind", "/", "/", "--unshare-all", "--die-with-parent"];
  const child = Bun.spawn([program, ...view, "/bin/sh", "-c", "exit 0"], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    timeout: SANDBOX_MAX_MS,
  });
  const complaint = (await child.stderr.text()).trim().split("\n")[0] ?? "";
  return (await child.exited) === 0 ? undefined : complaint || `status ${child.exitCode}`;
}
