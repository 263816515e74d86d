import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { places } from "../places.ts";
import { checkPageHashes, signAdHoc } from "./code-signature.ts";
import { smallMachO } from "./mach-o-fixture.ts";
import { findTarget, RUNTIME_VERSION } from "./targets.ts";

const appleSigned = join(places.runtimes, `bun-darwin-aarch64-${RUNTIME_VERSION}`, "bun");

test("a file that was signed here has a good hash for each page", () => {
  const signed = signAdHoc(smallMachO(20_000), "program", "stigmer");

  expect(checkPageHashes(signed, "program")).toBe(Math.ceil(20_000 / 4_096));
});

test("a file that was signed twice is the same file", () => {
  const once = signAdHoc(smallMachO(), "program", "stigmer");

  expect(signAdHoc(once, "program", "stigmer").equals(once)).toBe(true);
});

test("the last segment and the load command have the new length", () => {
  const signed = signAdHoc(smallMachO(), "program", "stigmer");

  expect(signed.readUInt32LE(184) + signed.readUInt32LE(188)).toBe(signed.length);
  expect(signed.readBigUInt64LE(104 + 40) + signed.readBigUInt64LE(104 + 48)).toBe(
    BigInt(signed.length),
  );
});

test.each([
  ["the first page", 300],
  ["a load command", 190],
  ["the last page", 19_999],
])("one bit in %s is found", (_where, at) => {
  const signed = signAdHoc(smallMachO(), "program", "stigmer");
  signed[at] = (signed[at] ?? 0) ^ 1;

  expect(() => checkPageHashes(signed, "program")).toThrow(/page \d+ of program|does not cover/);
});

test("a signature that was made for a shorter file is refused", () => {
  const signed = signAdHoc(smallMachO(8_192), "program", "stigmer");
  const longer = Buffer.concat([
    signed.subarray(0, 8_192),
    Buffer.alloc(4_096),
    signed.subarray(8_192),
  ]);
  longer.writeUInt32LE(8_192 + 4_096, 184);

  expect(() => checkPageHashes(longer, "program")).toThrow("does not cover all of it");
});

test("a file without a signature, or without a place for one, is refused", () => {
  const noPlace = smallMachO();
  noPlace.writeUInt32LE(0, 176);

  expect(() => checkPageHashes(smallMachO(), "program")).toThrow("program has no code signature");
  expect(() => checkPageHashes(noPlace, "program")).toThrow(
    "program has no place for a code signature",
  );
});

test.skipIf(!existsSync(appleSigned))("a file that Apple's own tools signed is good", () => {
  expect(findTarget("darwin-arm64").runtime.package).toBe("@oven/bun-darwin-aarch64");
  expect(checkPageHashes(readFileSync(appleSigned), appleSigned)).toBeGreaterThan(1_000);
});
