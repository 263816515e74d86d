import { readFileSync } from "node:fs";

import { z } from "zod";

/** A process for good: the system gives its number away again, but never with the same start time. */
export const ProcessIdentity = z.object({
  pid: z.int().positive(),
  startTime: z.string().min(1),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** Who has this number now; undefined when nobody does. A zombie counts as nobody: it runs no code any more. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const startTime = process.platform === "linux" ? linuxStartTime(pid) : psStartTime(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

export function ownIdentity(): ProcessIdentity {
  const own = identityOf(process.pid);
  if (!own) throw new Error("unreachable: a running process has a start time");
  return own;
}

/** Whether the very process that was recorded still runs, and not a later one with its number. */
export function isSameProcess(recorded: ProcessIdentity): boolean {
  return identityOf(recorded.pid)?.startTime === recorded.startTime;
}

/** Clock ticks since boot, and which boot: neither moves when the clock is set. */
function linuxStartTime(pid: number): string | undefined {
  const stat = readOrUndefined(`/proc/${pid}/stat`);
  // The command name is in parentheses and may hold any character, so fields count from the last one.
  const [state, ...fields] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  const ticks = fields[18];
  if (ticks === undefined || state === "Z" || state === "X") return undefined;
  const boot = readOrUndefined("/proc/sys/kernel/random/boot_id")?.slice(0, 8) ?? "";
  return `${ticks}@${boot}`;
}

function psStartTime(pid: number): string | undefined {
  const ps = Bun.spawnSync(["/bin/ps", "-o", "stat=,lstart=", "-p", String(pid)], {
    env: { LC_ALL: "C", TZ: "UTC" },
    stderr: "ignore",
  });
  const [state = "", ...started] = ps.stdout.toString().trim().split(/\s+/);
  return started.length === 0 || state.startsWith("Z") ? undefined : started.join(" ");
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
