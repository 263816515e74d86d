import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { StigmerError } from "../../base/errors.ts";
import { readSignature } from "./minisign.ts";

/** Made by minisign 0.11 itself, as is all below that begins with a made key or signature. */
const KEY = "RWS/y9T5UXHIjEjnD5AxSY9SxjLwn69WyVGDhcgvJCMlbQl/akeUrcH2";
const OTHER_KEY = "RWSY6lSLPK5weV2UFAcFCSFs79SzfwGyTNiXnpYCpFNDHK5JwP8fDIEi";
const LIST = Buffer.from("hello list\n");
const COMMENT = "stigmer v9.9.9 abc 2026-01-01T00:00:00.000Z";
const SIGNATURE =
  "RUS/y9T5UXHIjNaoeJvImxEnefh086+1jwYhFsRqZW7kFmogq1FJfi0Mmfn7BZ9Zn0BhB7bjPGhjC/BnfoHzP9H9gYiAA32p3Ag=";
const GLOBAL =
  "Lvhg34/o2AW71TNk8DMq9Wq2idyxkgiEhnSVBjkGGZAYgRT/3E1DXmKQ4UwyQHssDQejz5eC9xEx1MAg+VdmBg==";
const LEGACY = [
  "untrusted comment: signature from minisign secret key",
  "RWS/y9T5UXHIjJ6zkQxXHX6Y1I4e8jJ1AjcreW2cObPusJIELXjIvj81QCve6xt8OnEIZH1UnFHvMfEcF9gOu+uS9Qzaw0Z2YQI=",
  "trusted comment: stigmer v9.9.9 legacy",
  "/pUOGsk32us2C162S3spkH8lm9SV7eXbqpDn4bcyLkolLbiBBj/Jeo5htdAoy9hNqSVXp29A11gzcUwmUMEuCg==",
  "",
].join("\n");

const write = (signature = SIGNATURE, comment = COMMENT, global = GLOBAL): string =>
  `untrusted comment: whatever\n${signature}\ntrusted comment: ${comment}\n${global}\n`;
const read = (text: string, key = KEY) => readSignature(text, key, "the.minisig");

/** The error of a signature that is not believed. */
function refusal(text: string, key = KEY): StigmerError {
  try {
    read(text, key);
  } catch (error) {
    if (error instanceof StigmerError) return error;
  }
  throw new Error("it was believed");
}

/** The same text with one bit of a base64 text turned. */
function flip(base64: string, byte: number): string {
  const bytes = Buffer.from(base64, "base64");
  bytes[byte] = (bytes[byte] ?? 0) ^ 1;
  return bytes.toString("base64");
}

describe("what minisign signed", () => {
  test.each([
    ["hashed first", write(), COMMENT],
    ["as it is, the older form", LEGACY, "stigmer v9.9.9 legacy"],
    ["with the line ends of Windows", write().replaceAll("\n", "\r\n"), COMMENT],
    ["without a last line end", write().trimEnd(), COMMENT],
  ])("is believed (%s)", (_, text, comment) => {
    const signature = read(text);

    expect(signature.trustedComment).toBe(comment);
    expect(signature.signs(LIST)).toBe(true);
  });

  test.each([
    ["a byte more", Buffer.from("hello list\n\n")],
    ["a byte less", LIST.subarray(0, -1)],
    ["nothing", Buffer.alloc(0)],
  ])("is no signature of %s", (_, content) => {
    expect(read(write()).signs(content)).toBe(false);
    expect(read(LEGACY).signs(content)).toBe(false);
  });

  test("does not become the other form when its label is changed", () => {
    const bytes = Buffer.from(SIGNATURE, "base64");
    bytes.write("Ed", 0, "latin1");

    expect(read(write(bytes.toString("base64"))).signs(LIST)).toBe(false);
  });

  test("is no signature when any byte of it was turned", () => {
    for (let byte = 10; byte < 74; byte += 1) {
      expect(() => read(write(flip(SIGNATURE, byte)))).toThrow("was changed after it was signed");
    }
  });
});

test.each([
  ["the comment", write(SIGNATURE, COMMENT.replace("9.9.9", "9.9.8"))],
  ["a blank after the comment", write(SIGNATURE, `${COMMENT} `)],
  ["the signature of both", write(SIGNATURE, COMMENT, flip(GLOBAL, 0))],
  ["the signature under another's comment", write(LEGACY.split("\n")[1], COMMENT, GLOBAL)],
])("what was changed after the signing is found out: %s", (_, text) => {
  const error = refusal(text);

  expect(error.code).toBe("checksum_mismatch");
  expect(error.message).toBe("the.minisig was changed after it was signed");
});

test("another key is named, as minisign names it", () => {
  const error = refusal(write(), OTHER_KEY);

  expect(error.message).toBe(
    "the.minisig is signed with the key 8CC87151F9D4CBBF, and this build trusts only 7970AE3C8B54EA98",
  );
});

test("the right name on another key's signature helps nobody", () => {
  const forged = Buffer.from(SIGNATURE, "base64");
  Buffer.from(OTHER_KEY, "base64").copy(forged, 2, 2, 10);

  expect(refusal(write(forged.toString("base64")), OTHER_KEY).message).toContain("was changed");
});

test.each([
  ["nothing", ""],
  ["a web page", "<!doctype html>\n<html></html>\n"],
  ["half of it", write().slice(0, 90)],
  ["a line too many", `${write()}more\n`],
  ["no trusted comment", write().replace("trusted comment: stigmer", "comment: stigmer")],
  ["a signature that is too short", write(SIGNATURE.slice(0, -4))],
  ["a signature with a foreign character", write(SIGNATURE.replace("R", "*"))],
  ["an algorithm that nobody knows", write(flip(SIGNATURE, 0))],
  ["a short second signature", write(SIGNATURE, COMMENT, GLOBAL.slice(4))],
])("what is no signature at all is called that: %s", (_, text) => {
  const error = refusal(text);

  expect(error.code).toBe("invalid_input");
  expect(error.message).toBe("the.minisig is not a signature of minisign");
});

/** Where the tool is, what it makes now is believed too, by the key that it made. */
test.skipIf(Bun.which("minisign") === null)("minisign and we agree", () => {
  const folder = mkdtempSync(join(tmpdir(), "stigmer-minisign-"));
  const run = (...words: string[]): void => {
    const { success, stderr } = Bun.spawnSync(["minisign", ...words], { cwd: folder });
    if (!success) throw new Error(stderr.toString());
  };
  const content = crypto.getRandomValues(new Uint8Array(10_000));
  const file = (name: string): string => join(folder, name);

  run("-G", "-W", "-p", "key.pub", "-s", "key");
  writeFileSync(file("content"), content);
  run("-S", "-s", "key", "-m", "content", "-t", "a word", "-x", "hashed");
  run("-S", "-l", "-s", "key", "-m", "content", "-t", "a word", "-x", "legacy");
  const [, key = ""] = readFileSync(file("key.pub"), "utf8").split("\n");
  const signatures = ["hashed", "legacy"].map((name) =>
    read(readFileSync(file(name), "utf8"), key),
  );
  rmSync(folder, { recursive: true });

  for (const signature of signatures) {
    expect(signature.trustedComment).toBe("a word");
    expect(signature.signs(content)).toBe(true);
    expect(signature.signs(content.subarray(1))).toBe(false);
  }
});
