import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createLog } from "../../src/base/log.ts";
import { openSqliteBackend } from "../../src/durable/sqlite/backend.ts";
import { backendSuite } from "./backend.suite.ts";

const quiet = createLog("test", () => undefined);

backendSuite("the embedded backend on a file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "stigmer-journal-"));
  const path = join(folder, "journal.db");
  return {
    open: async (parts) => {
      const blobs = join(folder, "blobs");
      const backend = openSqliteBackend({ ...parts, path, blobs, log: quiet, drainMs: 0 });
      await backend.start();
      return backend;
    },
    dispose: () => rm(folder, { recursive: true }),
  };
});
