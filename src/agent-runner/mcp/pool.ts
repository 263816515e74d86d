import { toCanonicalJson } from "../../base/json.ts";
import type { McpServerSpec } from "../../schema/kinds/agent.ts";
import { connect, type Connection, type McpWorld } from "./connection.ts";

/** Running servers, one for each command, arguments and environment. */
export interface McpPool {
  /** Lends a connection for the time of `work`. A server that died is started again. */
  use<T>(spec: McpServerSpec, work: (connection: Connection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface Entry {
  readonly connection: Promise<Connection>;
  users: number;
  idleTimer: Timer | undefined;
}

export function createMcpPool(world: McpWorld): McpPool {
  const entries = new Map<string, Entry>();

  const open = (key: string, spec: McpServerSpec): Entry => {
    const entry: Entry = { connection: connect(spec, world), users: 0, idleTimer: undefined };
    entries.set(key, entry);
    const forget = () => {
      clearTimeout(entry.idleTimer);
      if (entries.get(key) === entry) entries.delete(key);
    };
    entry.connection.then(({ closed }) => closed.then(forget), forget);
    return entry;
  };
  const release = (key: string, entry: Entry) => {
    entry.users -= 1;
    if (entry.users > 0 || entries.get(key) !== entry) return;
    entry.idleTimer = setTimeout(() => {
      // Taken out first, so that whoever comes now gets a new server and not a closing one.
      entries.delete(key);
      void closeEntry(entry);
    }, world.limits.mcpIdleMs);
  };

  return {
    async use(spec, work) {
      const key = keyOf(spec);
      const entry = entries.get(key) ?? open(key, spec);
      clearTimeout(entry.idleTimer);
      entry.users += 1;
      try {
        return await work(await entry.connection);
      } finally {
        release(key, entry);
      }
    },
    async close() {
      const last = [...entries.values()];
      entries.clear();
      await Promise.all(last.map(closeEntry));
    },
  };
}

async function closeEntry(entry: Entry): Promise<void> {
  clearTimeout(entry.idleTimer);
  const connection = await entry.connection.catch(() => undefined);
  await connection?.close();
}

/** The name and the choice of tools do not make another process. */
function keyOf({ command, args, environment, fromEnvironment = [] }: McpServerSpec): string {
  return toCanonicalJson({ command, args, environment, fromEnvironment });
}
