import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PRACTICE_RELEASE_KEY } from "../../base/build-info.ts";
import { createKeyPair } from "./minisign.ts";
import { readReleaseKey, readSigningKey, refuseUncommitted } from "./signing-key.ts";

let folder: string;
const path = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stigmer-key-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("without a key of one's own the practice key signs, also where a public one is committed", () => {
  writeFileSync(path("release-key.pub"), createKeyPair().publicFile);

  expect(readSigningKey(undefined, path("release-key.pub")).publicKey).toBe(PRACTICE_RELEASE_KEY);
});

test("a key signs where it is the secret half of the committed one, or none is committed", () => {
  const { secretFile, publicFile, key } = createKeyPair();
  writeFileSync(path("secret.key"), secretFile);
  writeFileSync(path("release-key.pub"), publicFile);

  expect(readSigningKey(path("secret.key"), path("release-key.pub")).publicKey).toBe(key.publicKey);
  expect(readSigningKey(path("secret.key"), path("none.pub")).publicKey).toBe(key.publicKey);
});

test("another key than the committed one is refused, and both are named", () => {
  const { secretFile, key } = createKeyPair();
  const other = createKeyPair();
  writeFileSync(path("secret.key"), secretFile);
  writeFileSync(path("release-key.pub"), other.publicFile);

  expect(() => readSigningKey(path("secret.key"), path("release-key.pub"))).toThrow(
    `the key in ${path("secret.key")} belongs to ${key.publicKey}, but ${path("release-key.pub")} says ${other.key.publicKey}`,
  );
});

test.each(["0123456789ab-changed", "unknown"])(
  "a real key does not sign the sources of %s",
  (commit) => {
    const { key } = createKeyPair();
    const practice = readSigningKey(undefined, path("none.pub"));

    expect(() => refuseUncommitted({ publicKey: key.publicKey }, commit)).toThrow(
      `the sources are those of no commit (${commit})`,
    );
    expect(() => refuseUncommitted({ publicKey: key.publicKey }, "0123456789ab")).not.toThrow();
    expect(() => refuseUncommitted({ publicKey: practice.publicKey }, commit)).not.toThrow();
  },
);

test("a public key alone goes into the files, and signs nothing", () => {
  const { publicFile, key } = createKeyPair();
  writeFileSync(path("release-key.pub"), publicFile);

  const read = readReleaseKey({ secret: undefined, public: path("release-key.pub") }, path("none"));

  expect(read).toEqual({ publicKey: key.publicKey });
});

test.each([
  ["missing", "cannot be read"],
  ["wrong", "is not a public key of minisign"],
])("a public key that is %s is named", (name, message) => {
  writeFileSync(path("wrong"), "hello\n");

  expect(() => readReleaseKey({ secret: undefined, public: path(name) }, "")).toThrow(message);
});

test("a build either signs or repeats what another signed", () => {
  expect(() => readReleaseKey({ secret: "a.key", public: "a.pub" }, "")).toThrow(
    "SIGNING_KEY and PUBLIC_KEY exclude each other",
  );
});
