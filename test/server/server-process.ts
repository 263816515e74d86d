import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Client } from "../../src/client/client.ts";
import { createClient } from "../../src/client/http-client.ts";
import { ServerHint } from "../../src/supervisor/server-state.ts";
import { until } from "./open-server.ts";

/** The parts start from source; the agent-runner is a bundle that `make build-agent-runner` makes. */
export const isAgentRunnerBuilt = existsSync("dist/agent-runner");
if (!isAgentRunnerBuilt) {
  console.warn("skipped: dist/agent-runner is not built (make build-agent-runner)");
}

/** The server as a process, from source. */
export function spawnServer(environment: Record<string, string>, ...args: string[]) {
  return Bun.spawn([process.execPath, "src/multicall/main.ts", "internal-server", ...args], {
    env: { ...process.env, ...environment },
    stdout: "ignore",
    stderr: "pipe",
  });
}

export async function connectWhenReady(home: string, pid: number): Promise<Client> {
  const hintPath = join(home, "run", "server.json");
  const readHint = () => ServerHint.parse(JSON.parse(readFileSync(hintPath, "utf8")));
  await until(() => existsSync(hintPath) && readHint().pid === pid);
  const token = readFileSync(join(home, "token"), "utf8").trim();
  const client = createClient({ url: readHint().url, token });
  await until(async () => (await client.server()).status === "ready");
  return client;
}

/** Waits for a part that is starting: the number 0 would mean the whole group of this process. */
export async function pidOf(client: Client, part: string): Promise<number> {
  for (;;) {
    const { parts } = await client.server();
    const pid = parts.find(({ name }) => name === part)?.pid;
    if (pid !== undefined) return pid;
    await Bun.sleep(10);
  }
}
