import { appendFileSync } from "node:fs";
import { join } from "node:path";

import { createLog } from "../../src/base/log.ts";
import { ActivityFailure } from "../../src/durable/errors.ts";
import { openSqliteBackend } from "../../src/durable/sqlite/backend.ts";
import { isEnd, request } from "./backend-fixture.ts";
import { CRASH_RUN, CRASH_SCRIPT } from "./crash-script.ts";
import { scriptProgram } from "./script-program.ts";

/**
 * Runs one script on a real journal and kills itself, as `kill -9` would, at the moment it was told: `before:3` and
 * `after:3` mean the third commit, `start:3` the third activity that starts, `end:3` the third that ends.
 */
const [folder = "", moment = ""] = process.argv.slice(2);
const counts = new Map<string, number>();

function pass(kind: string): void {
  const count = (counts.get(kind) ?? 0) + 1;
  counts.set(kind, count);
  if (moment === `${kind}:${count}`) process.kill(process.pid, "SIGKILL");
}

/** What the world sees of an activity. A file keeps it, whatever happens to this process. */
function tell(what: string): void {
  appendFileSync(join(folder, "effects.log"), `${what}\n`);
}

const backend = openSqliteBackend({
  path: join(folder, "journal.db"),
  blobs: join(folder, "blobs"),
  programs: { script: scriptProgram },
  activities: () => async (input, context) => {
    tell(context.idempotencyKey);
    pass("start");
    await Bun.sleep(1);
    pass("end");
    if (input === "flaky" && context.attempt < 3) {
      throw new ActivityFailure({ type: "about:blank", status: 503 }, { isRetryable: true });
    }
    return input === "big" ? "x".repeat(100_000) : input;
  },
  log: createLog("crash", () => undefined),
  probe: { beforeCommit: () => pass("before"), afterCommit: () => pass("after") },
});

await backend.start();
await backend.run(request(CRASH_SCRIPT, CRASH_RUN));
await backend.signal(CRASH_RUN, { id: "once", name: "go", data: "signalled" });
for await (const events of backend.events(0, new AbortController().signal)) {
  if (events.some((event) => event.runId === CRASH_RUN && isEnd(event))) break;
}
process.stdout.write(JSON.stringify(await backend.describe(CRASH_RUN)));
await backend.stop();
