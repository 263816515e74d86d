import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createLog } from "../base/log.ts";
import { identityOf } from "../base/process-identity.ts";
import { supervise, type Supervisor } from "./supervise.ts";

let folder = "";
let supervisor: Supervisor | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stigmer-supervise-"));
});
afterEach(async () => {
  await supervisor?.stop();
  rmSync(folder, { recursive: true });
});

/** A part that answers on its socket, and has a child of its own. */
const PART = `
  const child = Bun.spawn(["sleep", "60"]);
  console.error("child " + child.pid);
  Bun.serve({ unix: process.env.SOCKET, fetch: () => new Response("ok") });`;

test("restarts a part that is killed, takes along what it left behind, and stops it", async () => {
  const socket = join(folder, "part.sock");
  const lines: string[] = [];
  supervisor = supervise(
    [
      {
        name: "part",
        command: async () => [process.execPath, "-e", PART],
        environment: { SOCKET: socket },
        socket,
      },
    ],
    { log: createLog("test", () => {}), onLine: (_part, line) => lines.push(line), folder },
  );

  await supervisor.start();
  const firstPid = supervisor.status()[0]!.pid!;
  const grandchild = Number(lines[0]!.split(" ")[1]);
  process.kill(firstPid, "SIGKILL");
  while (supervisor.status()[0]!.pid === firstPid || supervisor.status()[0]!.state !== "ready") {
    await Bun.sleep(10);
  }

  expect(identityOf(grandchild)).toBeUndefined();
  expect(supervisor.status()[0]).toMatchObject({
    state: "ready",
    restarts: 1,
    lastError: "was ended by SIGKILL",
  });
  const secondPid = supervisor.status()[0]!.pid!;
  await supervisor.stop();
  expect(identityOf(secondPid)).toBeUndefined();
  expect(supervisor.status()[0]!.state).toBe("stopped");
});
