import { existsSync } from "node:fs";

import { z } from "zod";

import { StigmerError } from "../../src/base/errors.ts";
import type { Paths } from "../../src/base/paths.ts";
import { childEnvironment } from "../../src/base/process-environment.ts";
import type { UpgradeOutcome } from "../../src/release/upgrade/upgrade.ts";
import { daemonState } from "../../src/supervisor/daemon.ts";
import type { ServerHint } from "../../src/supervisor/server-state.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { ownService } from "../service/own-service.ts";

const Started = z.object({ url: z.string(), version: z.string() });
export type RestartedServer = z.infer<typeof Started>;

/**
 * Starts the server of this home again, as the program that is installed now, if one of another version runs. Where a
 * service manager keeps it, the manager does it.
 */
export async function restartServer(
  paths: Paths,
  { path, to }: UpgradeOutcome,
  terminal: Terminal,
): Promise<RestartedServer | undefined> {
  const daemon = daemonState(paths);
  if (daemon.state !== "running" || daemon.hint.version === to) return undefined;
  terminal.talk.info(`restarting the server, which is ${daemon.hint.version}`);
  if (await restartService(daemon.hint)) return ask(path, ["server"], to);
  // Its port stays the same, wherever it had come from.
  const { port } = new URL(daemon.hint.url);
  return ask(path, ["server", "restart", "--port", port], to);
}

/** Whether a service manager runs that very server, and has started it again. */
async function restartService(server: ServerHint): Promise<boolean> {
  const { manager } = ownService();
  if (!existsSync(manager.file) || (await manager.state()).pid !== server.pid) return false;
  await manager.reload();
  return true;
}

/** Has the new program do it, and waits until the server is ready. */
async function ask(path: string, words: string[], version: string): Promise<RestartedServer> {
  const child = Bun.spawn([path, ...words, "--json"], {
    env: childEnvironment(process.env),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [answer, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  const started =
    child.exitCode === 0 ? Started.safeParse(parseOrUndefined(answer)).data : undefined;
  if (started?.version === version) return started;
  throw new StigmerError("failed", `stigmer is ${version} now, but its server did not start`, {
    hint: "see `stigmer server logs`; `stigmer upgrade --rollback` goes back",
    issues: complaint
      .trim()
      .split("\n")
      .filter((line) => line !== "")
      .map((message) => ({ message, pointer: "" })),
  });
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
