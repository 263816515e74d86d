import type { Runner } from "./activities.ts";
import type { Limits } from "./limits.ts";
import type { McpPool } from "./mcp/pool.ts";
import type { Environment } from "./model/choice.ts";
import { createReaper } from "./process/reaper.ts";
import type { SandboxProbe } from "./sandbox/bubblewrap.ts";

export interface OwnedRunner extends Runner {
  /** Stops every server and every tool that still runs. */
  close(): Promise<void>;
}

/** What the activities need, made on first need: most runs use no server and no sandbox. */
export function openRunner(home: string, environment: Environment, limits: Limits): OwnedRunner {
  const reaper = createReaper();
  let pool: Promise<McpPool> | undefined;
  let probe: Promise<SandboxProbe> | undefined;
  const openPool = async () => {
    const { createMcpPool } = await import("./mcp/pool.ts");
    return createMcpPool({ environment, reaper, limits });
  };
  const probeSandbox = async () => {
    const { probeBubblewrap } = await import("./sandbox/bubblewrap.ts");
    return probeBubblewrap({ home, environment, reaper, limits });
  };
  return {
    home,
    environment,
    limits,
    mcpPool: () => (pool ??= openPool()),
    leave: (runId) => void pool?.then((opened) => opened.leave(runId)),
    sandbox: () => (probe ??= probeSandbox()),
    async close() {
      await (await pool)?.close();
      reaper.stop();
    },
  };
}
