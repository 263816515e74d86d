import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sha256Hex } from "../../base/sha256.ts";
import { readArchive } from "./read-archive.ts";

const SHA256 = sha256Hex("signed");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stigmer-archive-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the bytes are those of the digest", () => {
  const file = join(folder, "archive");
  writeFileSync(file, "signed");

  expect(readArchive(file, SHA256).toString()).toBe("signed");
});

test.each([
  ["other bytes", (file: string) => writeFileSync(file, "forged"), "not the one that was checked"],
  ["nothing", () => {}, "ENOENT"],
  ["a link", (file: string) => symlinkSync("/etc/hostname", file), "ELOOP"],
  ["a pipe", (file: string) => void Bun.spawnSync(["mkfifo", file]), "it is no regular file"],
])("%s in the place of an archive is refused", (_, make, words) => {
  const file = join(folder, "archive");
  make(file);

  expect(() => readArchive(file, SHA256)).toThrow(`${file} was changed after it was downloaded: `);
  expect(() => readArchive(file, SHA256)).toThrow(words);
});
