import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { connectionTrouble } from "./connection-trouble.ts";

async function troubleWith(socket: string, timeoutMs = 60_000): Promise<string> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch("http://part/", { unix: socket, signal });
    return `answered ${await response.text()}`;
  } catch (error) {
    return connectionTrouble(error);
  }
}

test("what goes wrong with a socket is said in words", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stigmer-socket-"));
  const socket = join(folder, "part.sock");
  const absent = await troubleWith(socket);
  let wait = 0;
  const server = Bun.serve({
    unix: socket,
    fetch: async () => {
      await Bun.sleep(wait);
      void server.stop(true);
      return new Response("late");
    },
  });
  wait = 60_000;
  const slow = await troubleWith(socket, 50);
  wait = 0;
  const closed = await troubleWith(socket);

  expect([absent, slow, closed]).toEqual([
    "nobody listens there",
    "it took too long",
    "the connection was closed",
  ]);
  expect(connectionTrouble(new Error("something else"))).toBe("something else");
  rmSync(folder, { recursive: true });
});
