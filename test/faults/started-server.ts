import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { PartStatus } from "../../src/base/part-status.ts";
import { identityOf } from "../../src/base/process-identity.ts";
import { binary, type Outcome, run, scratchFolder } from "../multicall/compiled.ts";

const Status = z.object({ pid: z.int(), url: z.string(), parts: z.array(PartStatus) });
export type Status = z.infer<typeof Status>;

/** A home for one test, and the servers in it; whatever still runs at the end is ended. */
export interface Ground {
  readonly home: string;
  readonly state: string;
  stigmer(args: string[], options?: Options): Promise<Outcome>;
  /** What `server status --json` says. */
  status(options?: Options): Promise<Status>;
  /** Waits until the server answers so. */
  until(isTrue: (status: Status) => boolean): Promise<Status>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Options {
  binary?: string;
  environment?: Record<string, string>;
  cwd?: string;
}

export function ground(environment: Record<string, string> = {}): Ground {
  const folder = scratchFolder();
  const home = folder.path;
  const state = environment["STIGMER_HOME"] ?? join(home, "state");
  const stigmer = (args: string[], options: Options = {}): Promise<Outcome> =>
    run([options.binary ?? binary, ...args], {
      home,
      environment: { ...environment, ...options.environment },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
  const status = async (options?: Options): Promise<Status> => {
    const { stdout, stderr } = await stigmer(["server", "status", "--json"], options);
    if (stdout === "") throw new Error(stderr);
    return Status.parse(JSON.parse(stdout));
  };
  return {
    home,
    state,
    stigmer,
    status,
    until: async (isTrue) => {
      for (;;) {
        const now = await status();
        if (isTrue(now)) return now;
        await Bun.sleep(20);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await stigmer(["server", "stop"]);
      folder[Symbol.dispose]();
      rmSync(state, { recursive: true, force: true });
    },
  };
}

/** Waits until none of these processes runs any more. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  while (pids.some((pid) => identityOf(pid))) await Bun.sleep(10);
}

/** The numbers of a server and of its parts. */
export function pidsOf(status: Status): number[] {
  return [status.pid, ...status.parts.flatMap(({ pid }) => pid ?? [])];
}

/** Linux only: the environment that a process was started with. */
export function environmentOf(pid: number): Record<string, string> {
  const entries = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").filter(Boolean);
  return Object.fromEntries(
    entries.map((entry) => [
      entry.slice(0, entry.indexOf("=")),
      entry.slice(entry.indexOf("=") + 1),
    ]),
  );
}
