import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openBlobStore } from "./blob-store.ts";

test("a pipe in the place of a value is named, and keeps neither reader nor writer waiting", () => {
  const folder = mkdtempSync(join(tmpdir(), "stigmer-blobs-"));
  const blobs = openBlobStore(folder);
  const hash = blobs.put("a value");
  const path = join(folder, hash.slice(0, 2), hash);
  expect(blobs.get(hash)).toBe("a value");

  rmSync(path);
  Bun.spawnSync(["mkfifo", path]);

  expect(() => blobs.get(hash)).toThrow(`${path} is a pipe, not a file`);
  expect(() => blobs.put("a value")).toThrow(`${path} is a pipe, not a file`);
  rmSync(folder, { recursive: true });
});
