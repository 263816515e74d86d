import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";

import { systemCodeOf } from "./errors.ts";

/**
 * Whether that process has this very file open; undefined where the system does not tell: on macOS, and of a program that
 * was given rights of its own (`setcap`).
 */
export function hasOpen(pid: number, path: string): boolean | undefined {
  if (process.platform !== "linux") return undefined;
  const file = look(path);
  if (!file) return false;
  const names = namesIn(`/proc/${pid}/fd`);
  return names?.some((name) => isSame(look(`/proc/${pid}/fd/${name}`), file));
}

/** Who has the lock of that file, as the kernel says; nobody where it does not. */
export function kernelLockHolders(path: string): number[] {
  const file = look(path);
  if (process.platform !== "linux" || !file) return [];
  // `1: FLOCK  ADVISORY  WRITE 4711 fe:00:123456 0 EOF`. The device is another one than `stat` tells on some file
  // systems, so that a file of the same number elsewhere is ruled out by what the process has open.
  return readLocks().flatMap((line) => {
    const [, kind, , access, pid, place = ""] = line.trim().split(/\s+/);
    const isOurs = kind === "FLOCK" && access === "WRITE" && place.endsWith(`:${file.ino}`);
    return isOurs && hasOpen(Number(pid), path) === true ? [Number(pid)] : [];
  });
}

function readLocks(): string[] {
  try {
    return readFileSync("/proc/locks", "utf8").split("\n");
  } catch {
    return [];
  }
}

function isSame(one: Stats | undefined, other: Stats): boolean {
  return one !== undefined && one.ino === other.ino && one.dev === other.dev;
}

/** Undefined also for a process of somebody else, whose files are nobody's business. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Nothing when there is no such process, undefined when it may not be looked at. */
function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch (error) {
    return systemCodeOf(error) === "ENOENT" ? [] : undefined;
  }
}
