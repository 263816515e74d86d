import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { StigmerError } from "./errors.ts";
import { openRegularFile, readRegularFile } from "./regular-file.ts";

let path = "";
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), "stigmer-regular-")), "file");
});
afterEach(() => rmSync(join(path, ".."), { recursive: true }));

const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;
const READ = constants.O_RDONLY;
const BOTH = constants.O_RDWR | constants.O_CREAT;

function refusalOf(flags: number): string {
  try {
    closeSync(openRegularFile(path, flags));
    return "opened";
  } catch (error) {
    return error instanceof StigmerError ? error.message : `raw: ${String(error)}`;
  }
}

test("a file is made, appended to and read", () => {
  for (const text of ["one ", "two"]) {
    const descriptor = openRegularFile(path, APPEND);
    writeSync(descriptor, text);
    closeSync(descriptor);
  }

  expect(refusalOf(READ)).toBe("opened");
  expect(readRegularFile(path).toString()).toBe("one two");
});

test("a file that is not there stays a plain error of the system", () => {
  expect(refusalOf(READ)).toStartWith("raw: Error: ENOENT");
  expect(existsSync(path)).toBe(false);
});

const makers: [string, () => void][] = [
  ["a pipe", () => void Bun.spawnSync(["mkfifo", path])],
  ["a folder", () => mkdirSync(path)],
  ["a link", () => symlinkSync("/dev/zero", path)],
  ["a link", () => symlinkSync("nowhere/to/be/found", path)],
];
test.each(makers)("%s is refused by name, however it is opened", (kind, make) => {
  make();

  for (const flags of [APPEND, READ, BOTH]) {
    expect(refusalOf(flags)).toBe(`${path} is ${kind}, not a file`);
  }
});

test("a link to a file is not followed", () => {
  writeFileSync(`${path}.other`, "of somebody else");
  symlinkSync(`${path}.other`, path);

  expect(refusalOf(APPEND)).toBe(`${path} is a link, not a file`);
});
