import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pathsOf } from "../base/paths.ts";
import { untilHomeIsGone } from "./watch-home.ts";

test("tells that the home is gone, and nothing before", async () => {
  const paths = pathsOf(mkdtempSync(join(tmpdir(), "stigmer-home-")));
  mkdirSync(paths.run);
  writeFileSync(join(paths.run, "server.lock"), "");
  let reason: string | undefined;
  let looks = 0;

  const watch = async () => {
    const { signal } = new AbortController();
    reason = await untilHomeIsGone(paths, { signal, onLook: () => (looks += 1) });
  };
  const watched = watch();
  await Bun.sleep(10);
  const before = reason;
  rmSync(paths.home, { recursive: true });
  await watched;

  expect(before).toBeUndefined();
  expect(looks).toBe(1);
  expect(reason).toBe(`the loss of ${paths.home}`);
});
