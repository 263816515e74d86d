import { rm } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

import type { Log } from "../base/log.ts";
import type { PartStatus } from "../base/part-status.ts";
import { type PartProcess, type PartStart, startPart } from "./part-process.ts";
import { probePart } from "./probe.ts";
import { SupervisedPart } from "./supervised-part.ts";

/** One process that the server keeps running. */
export interface PartSpec {
  readonly name: string;
  /**
   * Asked before each start, so that a damaged program is mended before it is tried again. A `StigmerError` before the
   * part was ever ready is final.
   */
  readonly command: () => Promise<string[]>;
  readonly environment: Readonly<Record<string, string>>;
  /** The unix socket where it answers `GET /healthz` and `GET /readyz`. */
  readonly socket: string;
}

/** The world as the supervisor needs it; tests bring a small one of their own. */
export interface SupervisorWorld {
  start(start: PartStart): PartProcess;
  probe(socket: string, path: "/healthz" | "/readyz"): Promise<string | undefined>;
  removeSocket(socket: string): Promise<void>;
  /** Milliseconds of a clock that nobody sets. */
  nowMs(): number;
  /** Returns early, without an error, when the signal is aborted. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}

export interface SupervisorOptions {
  readonly log: Log;
  /** A line that a part wrote on its standard output or error. */
  readonly onLine: (part: string, line: string) => void;
  /** Working directory of the parts: one that nobody deletes. */
  readonly folder: string;
  readonly graceMs?: number;
  readonly world?: SupervisorWorld;
}

export interface Supervisor {
  /** Resolves when every part is ready; rejects when one has failed for good, or with the signal's reason. */
  start(signal?: AbortSignal): Promise<void>;
  /** SIGTERM, then SIGKILL after the grace. Resolves when all are gone. */
  stop(): Promise<void>;
  status(): PartStatus[];
}

const GRACE_MS = 10_000;

const realWorld: SupervisorWorld = {
  start: startPart,
  probe: probePart,
  removeSocket: (socket) => rm(socket, { force: true }),
  nowMs: () => performance.now(),
  sleep: (durationMs, signal) => setTimeout(durationMs, undefined, { signal }).catch(() => {}),
};

/** Keeps the parts running: starts them together, watches each, restarts what dies or stops answering. */
export function supervise(parts: readonly PartSpec[], options: SupervisorOptions): Supervisor {
  const settings = { graceMs: GRACE_MS, world: realWorld, ...options };
  const supervised = parts.map((part) => new SupervisedPart(part, settings));
  return {
    start: async (signal) => {
      const allReady = Promise.all(supervised.map((part) => part.start()));
      await (signal ? Promise.race([allReady, rejectOnAbort(signal)]) : allReady);
    },
    stop: async () => {
      await Promise.all(supervised.map((part) => part.stop()));
    },
    status: () => supervised.map((part) => part.status()),
  };
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (signal.aborted) reject(signal.reason);
  else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  return promise;
}
