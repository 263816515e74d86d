import { statSync } from "node:fs";

/**
 * The executable that this process runs. On Linux it stays the same file, and so the same version, after an
 * upgrade has replaced or deleted it: the path then leads through the process itself.
 */
export function ownExecutable(): string {
  if (process.platform !== "linux") return process.execPath;
  const running = `/proc/${process.pid}/exe`;
  return isSameFile(running, process.execPath) ? process.execPath : running;
}

function isSameFile(one: string, other: string): boolean {
  const a = statSync(one, { throwIfNoEntry: false });
  const b = statSync(other, { throwIfNoEntry: false });
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}
