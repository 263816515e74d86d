import { appendFileSync } from "node:fs";
import { join } from "node:path";

import { createLog } from "../../src/base/log.ts";
import { openSqliteBackend } from "../../src/durable/sqlite/backend.ts";
import { isEnd } from "./backend-fixture.ts";
import { answer, crashCase } from "./crash-script.ts";

/**
 * Runs one of the crash requests on a real journal and kills itself, as `kill -9` would, at the moment it was told: `before:3` and
 * `after:3` mean the third commit, `start:3` the third activity that starts.
 */
const [folder = "", kind = "", moment = ""] = process.argv.slice(2);
const counts = new Map<string, number>();

function pass(what: string): void {
  const count = (counts.get(what) ?? 0) + 1;
  counts.set(what, count);
  if (moment === `${what}:${count}`) process.kill(process.pid, "SIGKILL");
}

/** What the world sees of an activity. A file keeps it, whatever happens to this process. */
function tell(what: string): void {
  appendFileSync(join(folder, "effects.log"), `${what}\n`);
}

const { request, programs } = await crashCase(kind);
const { runId } = request;

const backend = openSqliteBackend({
  path: join(folder, "journal.db"),
  blobs: join(folder, "blobs"),
  programs,
  activities: (name) => async (input, context) => {
    tell(context.idempotencyKey);
    pass("start");
    await Bun.sleep(1);
    return answer(name, input, context);
  },
  log: createLog("crash", () => undefined),
  probe: { beforeCommit: () => pass("before"), afterCommit: () => pass("after") },
});

await backend.start();
await backend.run(request);
await backend.signal(runId, { id: "once", name: "go", data: "signalled" });
for await (const events of backend.events(0, new AbortController().signal)) {
  if (events.some((event) => event.runId === runId && isEnd(event))) break;
}
process.stdout.write(JSON.stringify(await backend.describe(runId)));
await backend.stop();
