import { expect, test } from "bun:test";
import { createPublicKey, verify } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PRACTICE_RELEASE_KEY } from "../../base/build-info.ts";
import { createKeyPair, parsePublicKey, parseSecretKey, signFile } from "./minisign.ts";

const PRACTICE = join(import.meta.dir, "practice.key");
const practice = parseSecretKey(readFileSync(PRACTICE, "utf8"), PRACTICE);
const content = Buffer.from("what is signed\n");
const hasMinisign = Bun.which("minisign") !== null;

test("the practice key that is committed is the one that programs know as such", () => {
  expect(practice.publicKey).toBe(PRACTICE_RELEASE_KEY);
});

test("a signature holds for the content and for its trusted comment", () => {
  const [, signature = "", comment = "", both = ""] = signFile(
    content,
    practice,
    "stigmer v1",
  ).split("\n");
  const bytes = Buffer.from(signature, "base64");
  const digest = Bun.CryptoHasher.hash("blake2b512", content);

  expect(bytes.toString("latin1", 0, 2)).toBe("ED");
  expect(bytes.subarray(2, 10).equals(practice.id)).toBe(true);
  expect(comment).toBe("trusted comment: stigmer v1");
  expect(holds(digest, bytes.subarray(10))).toBe(true);
  expect(holds(Buffer.from("other"), bytes.subarray(10))).toBe(false);
  const signed = Buffer.concat([bytes.subarray(10), Buffer.from("stigmer v1")]);
  expect(holds(signed, Buffer.from(both, "base64"))).toBe(true);
});

test("the same key gives the same signature each time", () => {
  expect(signFile(content, practice, "words")).toBe(signFile(content, practice, "words"));
});

test.skipIf(!hasMinisign)(
  "minisign verifies what is signed here, with a key that is made here",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "stigmer-minisign-"));
    const { key, publicFile } = createKeyPair();
    writeFileSync(join(folder, "list"), content);
    writeFileSync(join(folder, "list.minisig"), signFile(content, key, "stigmer v1.2.3 abc"));
    writeFileSync(join(folder, "key.pub"), publicFile);

    const good = minisign(folder, "-V", "-Q", "-m", "list", "-p", "key.pub");
    writeFileSync(join(folder, "list"), "something else");
    const bad = minisign(folder, "-V", "-Q", "-m", "list", "-p", "key.pub");
    rmSync(folder, { recursive: true });

    expect(good).toEqual({ status: 0, output: "stigmer v1.2.3 abc\n" });
    expect(bad.status).toBe(1);
  },
);

test.skipIf(!hasMinisign)("minisign signs with a secret key that is made here", () => {
  const folder = mkdtempSync(join(tmpdir(), "stigmer-minisign-"));
  const { key, secretFile, publicFile } = createKeyPair();
  writeFileSync(join(folder, "list"), content);
  writeFileSync(join(folder, "secret.key"), secretFile);

  const signed = minisign(folder, "-S", "-s", "secret.key", "-m", "list", "-t", "words");
  const verified = minisign(
    folder,
    "-V",
    "-Q",
    "-m",
    "list",
    "-P",
    parsePublicKey(publicFile, "a.pub"),
  );
  rmSync(folder, { recursive: true });

  expect(signed.status).toBe(0);
  expect(verified).toEqual({ status: 0, output: "words\n" });
  expect(parseSecretKey(secretFile, "secret.key").publicKey).toBe(key.publicKey);
});

test.each([
  ["a public key", PRACTICE_RELEASE_KEY, "is not a secret key of minisign"],
  ["no key at all", "hello", "is not a secret key of minisign"],
  ["a key with a password", withByte(2, 0x53), "is locked with a password"],
  ["a key whose seed was changed", withByte(70, 0), "do not belong together"],
])("%s is refused by its name", (_what, text, message) => {
  const parse = () => parseSecretKey(`untrusted comment: x\n${text}\n`, "my.key");

  expect(parse).toThrow("my.key");
  expect(parse).toThrow(message);
});

function withByte(at: number, value: number): string {
  const bytes = Buffer.from(readFileSync(PRACTICE, "utf8").split("\n")[1] ?? "", "base64");
  bytes[at] = value;
  return bytes.toString("base64");
}

function holds(message: Uint8Array, signature: Uint8Array): boolean {
  const x = Buffer.from(PRACTICE_RELEASE_KEY, "base64").subarray(10).toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return verify(null, message, key, signature);
}

function minisign(cwd: string, ...args: string[]): { status: number; output: string } {
  const result = Bun.spawnSync(["minisign", ...args], { cwd, stderr: "ignore" });
  return { status: result.exitCode, output: result.stdout.toString() };
}
