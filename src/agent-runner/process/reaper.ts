import script from "./reaper.sh.txt" with { type: "text" };

/** Kills process groups when this process is gone, even by `kill -9`. One small shell serves all of them. */
export interface Reaper {
  /** Comes back when the group is sure to be killed. */
  add(group: number): Promise<void>;
  remove(group: number): void;
  stop(): void;
}

type Shell = Bun.Subprocess<"pipe", "ignore", "ignore">;

export function createReaper(): Reaper {
  const groups = new Set<number>();
  let shell: Shell | undefined;
  let isStopped = false;
  const tell = async (line: string) => {
    shell ??= startShell();
    void shell.stdin.write(`${line}\n`);
    await shell.stdin.flush();
  };
  const startShell = (): Shell => {
    const started = spawnShell();
    void started.exited.then(() => replace(started));
    return started;
  };
  /** A shell that was killed is followed by another, which is told what the first one knew. */
  const replace = (dead: Shell) => {
    if (isStopped || shell !== dead) return;
    shell = undefined;
    for (const group of groups) void tell(`add ${group}`);
  };
  return {
    async add(group) {
      groups.add(group);
      await tell(`add ${group}`);
    },
    remove(group) {
      if (groups.delete(group)) void tell(`del ${group}`);
    },
    stop() {
      isStopped = true;
      void shell?.stdin.end();
    },
  };
}

/** In a session of its own, so that no signal for this process or its terminal reaches it. */
function spawnShell(): Shell {
  const shell = Bun.spawn(["/bin/sh", "-c", script], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
    env: {},
    cwd: "/",
    detached: true,
  });
  shell.unref();
  return shell;
}
