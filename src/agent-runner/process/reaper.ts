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
  const running = (): Shell => {
    if (shell && shell.exitCode === null && shell.signalCode === null) return shell;
    shell = startShell();
    // A shell that was killed is replaced, with all it knew.
    for (const group of groups) void shell.stdin.write(`add ${group}\n`);
    return shell;
  };
  return {
    async add(group) {
      const { stdin } = running();
      groups.add(group);
      void stdin.write(`add ${group}\n`);
      await stdin.flush();
    },
    remove(group) {
      if (!groups.delete(group) || !shell || shell.exitCode !== null) return;
      void shell.stdin.write(`del ${group}\n`);
      void shell.stdin.flush();
    },
    stop() {
      void shell?.stdin.end();
    },
  };
}

/** In a session of its own, so that no signal for this process or its terminal reaches it. */
function startShell(): Shell {
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
