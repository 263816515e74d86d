import { toCanonicalJson } from "../../base/json.ts";
import type { McpServerSpec } from "../../schema/kinds/agent.ts";
import type { McpProgress } from "../../schema/wire/agent-step.ts";
import { connect, type Connection, type McpWorld } from "./connection.ts";
import { tellStart } from "./tell-start.ts";

/** Whose work it is, and what ends it before its time. */
export interface Borrower {
  readonly runId: string;
  readonly signal: AbortSignal;
  /** Told now and then while a server takes its time to start. */
  readonly progress?: (progress: McpProgress) => void;
}

/** Running servers, one for each command, arguments and environment. */
export interface McpPool {
  /**
   * Lends a connection for the time of `work`. A server that died is started again. One whose work was aborted may
   * still be at it: nobody gets it any more, and it is stopped as soon as nobody else uses it.
   */
  use<T>(
    spec: McpServerSpec,
    borrower: Borrower,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T>;
  /** Stops the idle servers that no other run has used. */
  leave(runId: string): void;
  close(): Promise<void>;
}

interface Entry {
  readonly connection: Promise<Connection>;
  /** Ends a start that nobody waits for any more. */
  readonly stop: AbortController;
  /** The run that alone has used it; undefined once there are more. */
  onlyRunId: string | undefined;
  users: number;
  idleTimer: Timer | undefined;
}

export function createMcpPool(world: McpWorld): McpPool {
  const entries = new Map<string, Entry>();

  const open = (key: string, spec: McpServerSpec, onlyRunId: string): Entry => {
    const stop = new AbortController();
    const connection = connect(spec, world, stop.signal);
    const entry: Entry = { connection, stop, onlyRunId, users: 0, idleTimer: undefined };
    entries.set(key, entry);
    const forget = () => {
      clearTimeout(entry.idleTimer);
      if (entries.get(key) === entry) entries.delete(key);
    };
    connection.then(({ closed }) => closed.then(forget), forget);
    return entry;
  };
  const retire = (key: string, entry: Entry) => {
    // Taken out first, so that whoever comes now gets a new server and not a closing one.
    if (entries.get(key) === entry) entries.delete(key);
    if (entry.users === 0) void closeEntry(entry);
  };
  const release = (key: string, entry: Entry) => {
    entry.users -= 1;
    if (entry.users > 0) return;
    if (entries.get(key) !== entry) void closeEntry(entry);
    else entry.idleTimer = setTimeout(() => retire(key, entry), world.limits.mcpIdleMs);
  };

  return {
    async use(spec, { runId, signal, progress = () => {} }, work) {
      signal.throwIfAborted();
      const key = keyOf(spec);
      const entry = entries.get(key) ?? open(key, spec, runId);
      clearTimeout(entry.idleTimer);
      entry.users += 1;
      if (entry.onlyRunId !== runId) entry.onlyRunId = undefined;
      try {
        const endTelling = tellStart(spec.name, progress, world.limits);
        const connection = await unlessAborted(entry.connection, signal).finally(endTelling);
        return await work(connection);
      } finally {
        if (signal.aborted && entries.get(key) === entry) entries.delete(key);
        release(key, entry);
      }
    },
    leave(runId) {
      for (const [key, entry] of entries) {
        if (entry.users === 0 && entry.onlyRunId === runId) retire(key, entry);
      }
    },
    async close() {
      const last = [...entries.values()];
      entries.clear();
      await Promise.all(last.map(closeEntry));
    },
  };
}

/** A server that takes long to start must not hold up whoever was told to stop. */
async function unlessAborted<T>(waited: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([waited, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function closeEntry(entry: Entry): Promise<void> {
  clearTimeout(entry.idleTimer);
  entry.stop.abort();
  const connection = await entry.connection.catch(() => undefined);
  await connection?.close();
}

/** The name and the choice of tools do not make another process. */
function keyOf({ command, args, environment, fromEnvironment = [] }: McpServerSpec): string {
  return toCanonicalJson({ command, args, environment, fromEnvironment });
}
