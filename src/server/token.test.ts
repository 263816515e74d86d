import { afterAll, expect, test } from "bun:test";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ensureToken } from "./token.ts";

const folder = mkdtempSync(join(tmpdir(), "stigmer-token-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("the first start makes a token for its owner alone; later ones find it", () => {
  const path = join(folder, "first");

  const made = ensureToken(path);

  expect(made).toMatch(/^[\w-]{43}$/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(ensureToken(path)).toBe(made);
  expect(readdirSync(folder)).toEqual(["first"]);
});

test("every home has another", () => {
  expect(ensureToken(join(folder, "one"))).not.toBe(ensureToken(join(folder, "two")));
});

test("one that others could read is closed to them", () => {
  const path = join(folder, "open");
  const token = ensureToken(path);
  chmodSync(path, 0o644);

  expect(ensureToken(path)).toBe(token);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("one that was brought along is taken", () => {
  const path = join(folder, "own");
  writeFileSync(path, `${"x".repeat(32)}\n`);

  expect(ensureToken(path)).toBe("x".repeat(32));
});

test.each(["", "short", "two words that together are long enough"])(
  "%j is no token, and says what to do",
  (text) => {
    const path = join(folder, "bad");
    writeFileSync(path, text);

    expect(() => ensureToken(path)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("delete it") }),
    );
  },
);

test("a pipe and a device in its place are named, and not waited for", () => {
  const path = join(folder, "pipe");
  Bun.spawnSync(["mkfifo", path]);
  const linked = join(folder, "linked");
  symlinkSync("/dev/zero", linked);

  expect(() => ensureToken(path)).toThrow(
    `the token can't be read: "${path}" is a pipe, not a file`,
  );
  const lost = join(folder, "lost");
  symlinkSync("nowhere/at/all", lost);

  expect(() => ensureToken(linked)).toThrow("is a device, not a file");
  expect(() => ensureToken(lost)).toThrow(`${lost} is a link that leads nowhere`);
});
