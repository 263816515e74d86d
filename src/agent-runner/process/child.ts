import type { Reaper } from "./reaper.ts";

/** Waits for a line before it becomes the program: by then the reaper knows its group, so no moment is unguarded. */
const LAUNCHER = 'IFS= read -r go && exec "$@"';

export interface ChildRequest {
  readonly command: readonly [string, ...string[]];
  readonly environment: Record<string, string>;
  readonly folder: string;
}

/** A child process in a process group of its own, which never outlives this process. */
export interface Child {
  readonly pid: number;
  readonly stdin: Bun.FileSink;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** How the child ended, in words: `exit code 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  /** Kills the child and all that it started, at once. */
  kill(): void;
}

export async function startChild(request: ChildRequest, reaper: Reaper): Promise<Child> {
  const child = Bun.spawn(["/bin/sh", "-c", LAUNCHER, "sh", ...request.command], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    env: request.environment,
    cwd: request.folder,
    detached: true,
  });
  const kill = () => killGroup(child.pid);
  await reaper.add(child.pid);
  // Whatever the child left running in its group goes with it.
  const ended = child.exited.then((code) => {
    kill();
    reaper.remove(child.pid);
    return child.signalCode ? `signal ${child.signalCode}` : `exit code ${code}`;
  });
  void child.stdin.write("go\n");
  await child.stdin.flush();
  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    kill,
  };
}

function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // Nobody is left in the group.
  }
}
