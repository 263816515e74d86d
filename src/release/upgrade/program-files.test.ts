import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { placesBeside } from "./installation.ts";
import { giveSecondName, sweepLeftovers, writeFresh } from "./program-files.ts";

const SHARED_MEMORY = "/dev/shm";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stigmer-upgrade-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const installation = () => ({
  ...placesBeside(join(folder, "stigmer")),
  version: "v1.0.0",
  target: "linux-amd64",
});

test("a second name is the same file, and replaces what was there", () => {
  const [from, to] = [join(folder, "a"), join(folder, "b")];
  writeFileSync(from, "program", { mode: 0o755 });
  writeFileSync(to, "something else");

  giveSecondName(from, to);

  expect(statSync(to).ino).toBe(statSync(from).ino);
});

const isOtherDisk =
  existsSync(SHARED_MEMORY) && statSync(SHARED_MEMORY).dev !== statSync(tmpdir()).dev;
if (!isOtherDisk) console.warn("skipped: there is no second file system");

test.skipIf(!isOtherDisk)("where a file cannot have two names it is copied", () => {
  const elsewhere = mkdtempSync(join(SHARED_MEMORY, "stigmer-upgrade-"));
  const [from, to] = [join(elsewhere, "a"), join(folder, "b")];
  writeFileSync(from, "program", { mode: 0o750 });

  giveSecondName(from, to);
  rmSync(elsewhere, { recursive: true });

  expect(readFileSync(to, "utf8")).toBe("program");
  expect(statSync(to).mode & 0o777).toBe(0o750);
});

test("a new program is never written through what lies in its place", () => {
  const { path, fresh } = installation();
  writeFileSync(path, "old", { mode: 0o755 });
  writeFileSync(join(folder, "victim"), "dear");
  symlinkSync("victim", fresh);

  expect(() => writeFresh(installation(), Uint8Array.from(Buffer.from("new")))).toThrow("EEXIST");
  sweepLeftovers(installation());
  writeFresh(installation(), Uint8Array.from(Buffer.from("new")));

  expect(readFileSync(join(folder, "victim"), "utf8")).toBe("dear");
  expect(readFileSync(fresh, "utf8")).toBe("new");
  expect(statSync(fresh).mode & 0o777).toBe(0o755);
});
