import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chownSync,
  existsSync,
  linkSync,
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
import { giveSecondName, giveToOwner, sweepLeftovers, writeFresh } from "./program-files.ts";

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

test("the second name of a program is its last working copy where nothing is in its place", () => {
  const { path, kept, previous } = installation();
  writeFileSync(kept, "works", { mode: 0o755 });
  writeFileSync(previous, "the one before");

  sweepLeftovers(installation());

  expect(readFileSync(path, "utf8")).toBe("works");
  expect(existsSync(kept)).toBe(false);
  expect(readFileSync(previous, "utf8")).toBe("the one before");
});

test("half a copy of a program is never taken for the one before", () => {
  const { path, kept, previous } = installation();
  writeFileSync(path, "in use", { mode: 0o755 });
  writeFileSync(`${kept}.copy`, "hal");

  sweepLeftovers(installation());

  expect(existsSync(`${kept}.copy`)).toBe(false);
  expect(existsSync(previous)).toBe(false);
});

const isRoot = process.geteuid?.() === 0;
if (!isRoot) console.warn("skipped: only root can give files away");

test.skipIf(!isRoot)("root gives away its own file, and nothing that a name leads to", () => {
  const [own, victim, link, name] = ["own", "victim", "link", "name"].map((each) =>
    join(folder, each),
  ) as [string, string, string, string];
  writeFileSync(own, "");
  writeFileSync(victim, "");
  symlinkSync("victim", link);
  linkSync(victim, name);

  giveToOwner(own, { uid: 65_534, gid: 65_534 });
  expect(() => giveToOwner(link, { uid: 65_534, gid: 65_534 })).toThrow("ELOOP");
  giveToOwner(name, { uid: 65_534, gid: 65_534 });

  expect(statSync(own).uid).toBe(65_534);
  expect(statSync(victim).uid).toBe(0);
});

test.skipIf(!isRoot)("a new program belongs to the owner of the old one", () => {
  const { path, fresh } = installation();
  writeFileSync(path, "old", { mode: 0o755 });
  chownSync(path, 65_534, 65_534);

  writeFresh(installation(), Uint8Array.from(Buffer.from("new")));

  expect(statSync(fresh)).toMatchObject({ uid: 65_534, gid: 65_534 });
  expect(statSync(fresh).mode & 0o777).toBe(0o755);
});
