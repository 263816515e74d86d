import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { signAdHoc } from "./code-signature.ts";
import { smallMachO } from "./mach-o-fixture.ts";
import { takeSignedCopy } from "./signed-copy.ts";
import { findTarget } from "./targets.ts";

const target = findTarget("darwin-amd64");
const original = signAdHoc(smallMachO(), "program", "stigmer");
let folder: string;
const compiled = (): string => join(folder, "compiled");
const give = (bytes: Uint8Array): void => {
  mkdirSync(join(folder, target.name), { recursive: true });
  writeFileSync(join(folder, target.name, "stigmer"), bytes);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stigmer-signed-"));
  writeFileSync(compiled(), original);
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a copy with another signature takes the place of what was compiled", () => {
  const signed = signAdHoc(original, "program", "somebody.with.a.much.longer.name");
  give(signed);

  takeSignedCopy(folder, target, compiled());

  expect(readFileSync(compiled()).equals(signed)).toBe(true);
});

test("a copy that differs in one bit of its code is refused, however well it is signed", () => {
  const changed = Buffer.from(original);
  changed[9_000] = 0;
  give(signAdHoc(changed, "program", "stigmer"));

  expect(() => takeSignedCopy(folder, target, compiled())).toThrow(
    "differs from what was compiled in more than its signature",
  );
  expect(readFileSync(compiled()).equals(original)).toBe(true);
});

test("a copy whose signature does not fit is refused", () => {
  const broken = Buffer.from(original);
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
  give(broken);

  expect(() => takeSignedCopy(folder, target, compiled())).toThrow(
    "is not what its signature says",
  );
});

test("a missing copy is named", () => {
  expect(() => takeSignedCopy(folder, target, compiled())).toThrow(
    `there is no signed file ${join(folder, "darwin-amd64", "stigmer")}`,
  );
});
