import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, lstatSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sha256Hex } from "../base/sha256.ts";
import { judgeFile } from "./judge.ts";
import { stampOf } from "./stamp.ts";

const THOROUGH = { thorough: true };
const QUICK = { thorough: false };
const text = "the very bytes";
const expected = { sha256: sha256Hex(text), size: text.length };
let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stigmer-judge-"));
  path = join(folder, "agent-runner");
  writeFileSync(path, text);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The stamp that the file has once a second has passed. */
const stampLater = () => {
  const stamp = stampOf(lstatSync(path, { bigint: true }), Date.now() + 1_000);
  if (!stamp) throw new Error("unreachable: a second is long enough");
  return stamp;
};
/** The clock of files ticks in milliseconds; two changes in one tick are not told apart. */
const untilSettled = () => Bun.sleep(50);

test("a stamp that still fits is believed, unless the test is thorough", async () => {
  await untilSettled();
  const other = { sha256: sha256Hex("other bytes"), size: text.length, stamp: stampLater() };

  expect(judgeFile(path, other, QUICK)).toEqual({ verdict: "good" });
  expect(judgeFile(path, other, THOROUGH)).toMatchObject({
    verdict: "bad",
    reason: expect.stringContaining(`has SHA-256 ${expected.sha256} instead of`),
  });
});

test("one bit that was turned shows in the stamp, although the time was put back", async () => {
  await untilSettled();
  const stamp = stampLater();
  const { atime, mtime } = lstatSync(path);

  writeFileSync(path, text.replace("v", "w"));
  utimesSync(path, atime, mtime);

  expect(judgeFile(path, { ...expected, stamp }, QUICK).verdict).toBe("bad");
});

test("what was hashed comes with its stamp, but not while it is so young that it could change unseen", async () => {
  writeFileSync(path, text);
  const found = lstatSync(path, { bigint: true });
  const changedMs = Number(found.ctimeNs / 1_000_000n);

  expect(stampOf(found, changedMs + 5)).toBeUndefined();
  expect(stampOf(found, changedMs - 86_400_000)).toBeUndefined();
  await untilSettled();
  expect(judgeFile(path, expected, QUICK)).toEqual({ verdict: "good", stamp: stampLater() });
});

test("a file in a folder that others can write is not run", () => {
  chmodSync(folder, 0o777);

  expect(judgeFile(path, expected, THOROUGH)).toEqual({
    verdict: "bad",
    reason: "is in a folder that can be written by others (mode 777)",
  });
});
