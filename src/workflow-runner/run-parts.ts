import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { createCatalog } from "../activities/catalog.ts";
import { createLeave } from "../activities/leave.ts";
import { lock } from "../base/file-lock.ts";
import type { Log } from "../base/log.ts";
import type { Paths } from "../base/paths.ts";
import type { Program } from "../durable/program.ts";
import { openSqliteBackend } from "../durable/sqlite/backend.ts";
import { createApi } from "./api.ts";
import { createProgressFeed } from "./progress-feed.ts";
import { serveSocket } from "./socket-server.ts";

/** How long a predecessor may still drain: longer than it ever takes. */
const LOCK_TIMEOUT_MS = 8_000;

export interface RunningParts {
  /** Takes no more work, writes what is under way, and lets go of everything. */
  stop(): Promise<void>;
}

/** Puts the workflow-runner together on one home: lock, journal, activities, programs, socket. */
export async function startParts(
  paths: Paths,
  programs: Readonly<Record<string, Program>>,
  log: Log,
): Promise<RunningParts> {
  for (const folder of [paths.run, paths.sockets])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  const held = await lock(join(paths.run, "workflow-runner.lock"), { timeoutMs: LOCK_TIMEOUT_MS });
  const feed = createProgressFeed();
  const agentRunner = join(paths.sockets, "agent-runner.sock");
  const activities = createCatalog({ server: join(paths.sockets, "server.sock"), agentRunner });
  const { journal: path, blobs } = paths;
  const backend = openSqliteBackend({
    path,
    blobs,
    programs,
    activities,
    onProgress: (progress) => feed.show(progress),
    onCancelled: createLeave(agentRunner, log),
    log,
  });
  let isReady = false;
  const api = createApi({ backend, feed, log, isReady: () => isReady });
  const socket = join(paths.sockets, "workflow-runner.sock");
  const server = serveSocket(socket, (request) => api.fetch(request));
  await backend.start();
  isReady = true;
  log.info("the workflow-runner is ready", { socket, journal: path });
  return {
    stop: async () => {
      isReady = false;
      await backend.stop();
      await server.stop();
      held.release();
    },
  };
}
