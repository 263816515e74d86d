import { rmSync, statSync } from "node:fs";

import { StigmerError } from "../base/errors.ts";

/** A socket that nobody listens on is what a killed process left behind. */
export async function removeStaleSocket(socket: string): Promise<void> {
  const found = statSync(socket, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) {
    throw new StigmerError("conflict", `"${socket}" is in the way: it is no socket`, {
      hint: "move it away, or choose another path with --socket",
    });
  }
  if (await isServed(socket)) {
    throw new StigmerError("conflict", `another agent-runner serves "${socket}"`, {
      hint: "stop it, or choose another path with --socket",
    });
  }
  rmSync(socket, { force: true });
}

async function isServed(socket: string): Promise<boolean> {
  try {
    await fetch("http://agent-runner/healthz", {
      unix: socket,
      signal: AbortSignal.timeout(1_000),
    });
    return true;
  } catch (error) {
    return error instanceof Error && error.name === "TimeoutError";
  }
}
