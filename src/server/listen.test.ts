import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { listenOnPort, listenOnSocket, urlOf } from "./listen.ts";
import type { Connection } from "./route.ts";

const folder = mkdtempSync(join(tmpdir(), "stigmer-listen-"));
afterAll(() => rmSync(folder, { recursive: true }));

const app = {
  fetch: async (_request: Request, { isTrusted }: Connection) => Response.json({ isTrusted }),
};

test("a port that is taken is named, with the way out", async () => {
  const first = listenOnPort(app, { listen: "127.0.0.1", port: 0 });
  const port = Number(new URL(first.url).port);

  const again = () => listenOnPort(app, { listen: "127.0.0.1", port });

  expect(again).toThrow(
    expect.objectContaining({
      code: "conflict",
      message: `port ${port} on 127.0.0.1 is in use`,
      hint: expect.stringContaining(`--port ${port + 1}`),
    }),
  );
  await first.stop();
});

test("an address of another machine is refused", () => {
  const elsewhere = { listen: "192.0.2.1", port: 0 };

  expect(() => listenOnPort(app, elsewhere)).toThrow("can't listen on 192.0.2.1:0");
});

test("only the socket is trusted, and only its owner can open it", async () => {
  const path = join(folder, "server.sock");
  writeFileSync(path, "left by a server that was killed");
  const socket = listenOnSocket(app, path);
  const port = listenOnPort(app, { listen: "127.0.0.1", port: 0 });

  const inside = await fetch("http://server/", { unix: path });
  const outside = await fetch(port.url);

  expect([await inside.json(), await outside.json()]).toEqual([
    { isTrusted: true },
    { isTrusted: false },
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await socket.stop();
  await port.stop();
});

test.each([
  ["127.0.0.1", "http://127.0.0.1:1"],
  ["0.0.0.0", "http://127.0.0.1:1"],
  ["::", "http://[::1]:1"],
  ["::1", "http://[::1]:1"],
  ["host.example", "http://host.example:1"],
])("on %s it is reached at %s", (listen, url) => {
  expect(urlOf(listen, 1)).toBe(url);
});
