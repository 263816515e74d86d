import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createDurably, replaceDurably, writeDurably } from "./durable-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stigmer-durable-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a file is written with its mode, whatever the umask, and never over another", () => {
  const path = join(folder, "file");
  const umask = process.umask(0o077);

  writeDurably(path, "one", 0o644);
  process.umask(umask);

  expect(readFileSync(path, "utf8")).toBe("one");
  expect(statSync(path).mode & 0o777).toBe(0o644);
  expect(() => writeDurably(path, "two", 0o644)).toThrow("EEXIST");
});

test("a file takes the place of another as a whole and leaves nothing beside it", () => {
  const path = join(folder, "file");
  writeFileSync(path, "before");
  writeFileSync(`${path}.${process.pid}.tmp`, "of a process that died and had our number");

  replaceDurably(path, "after", 0o600);

  expect(readFileSync(path, "utf8")).toBe("after");
  expect(readdirSync(folder)).toEqual(["file"]);
});

test("a file that is created keeps what is there, and leaves nothing beside it", () => {
  const path = join(folder, "file");

  createDurably(path, "first", 0o600);

  expect(() => createDurably(path, "second", 0o600)).toThrow("EEXIST");
  expect(readFileSync(path, "utf8")).toBe("first");
  expect(readdirSync(folder)).toEqual(["file"]);
});
