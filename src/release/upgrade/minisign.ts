import { createPublicKey, type KeyObject, verify } from "node:crypto";

import { StigmerError } from "../../base/errors.ts";

/** What stands before the 32 bytes of an Ed25519 key in the form that `node:crypto` reads. */
const KEY_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const KEY_BYTES = 42;
const SIGNATURE_BYTES = 74;
const GLOBAL_BYTES = 64;
const ID_AT = 2;
const ID_END = 10;
const FILE = /^untrusted comment:.*\r?\n(.+?)\r?\ntrusted comment: (.*?)\r?\n(.+?)(?:\r?\n)?$/;
const BASE64 = /^(?:[0-9A-Za-z+/]{4})*(?:[0-9A-Za-z+/]{2}==|[0-9A-Za-z+/]{3}=)?$/;

/** A signature file whose own signature is right; the comment in it is the signer's word. */
export interface Signature {
  readonly trustedComment: string;
  /** Whether these are the bytes that were signed. */
  signs(content: Uint8Array): boolean;
}

/** Reads a `.minisig` file. `name` is what messages call it. */
export function readSignature(text: string, publicKey: string, name: string): Signature {
  const key = parsePublicKey(publicKey);
  const { bytes, comment, global } = parseSignature(text, name);
  const id = bytes.subarray(ID_AT, ID_END);
  if (!id.equals(key.id)) {
    throw new StigmerError(
      "checksum_mismatch",
      `${name} is signed with the key ${formatId(id)}, and this build trusts only ${formatId(key.id)}`,
      { hint: "do not use what lies there; if the key was changed, install the release anew" },
    );
  }
  const signature = bytes.subarray(ID_END);
  const both = Buffer.concat([signature, Buffer.from(comment)]);
  if (!verify(null, both, key.key, global)) {
    throw new StigmerError("checksum_mismatch", `${name} was changed after it was signed`, {
      hint: "do not use what lies there; compare the mirror with the release",
    });
  }
  const isHashed = bytes.toString("latin1", 0, ID_AT) === "ED";
  return {
    trustedComment: comment,
    signs: (content) => verify(null, isHashed ? digestOf(content) : content, key.key, signature),
  };
}

function parsePublicKey(line: string): { id: Buffer; key: KeyObject } {
  const bytes = decode(line, KEY_BYTES);
  if (bytes?.toString("latin1", 0, ID_AT) !== "Ed") {
    throw new Error("unreachable: the key that was compiled in is no public key of minisign");
  }
  const der = Buffer.concat([KEY_PREFIX, bytes.subarray(ID_END)]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  return { id: bytes.subarray(ID_AT, ID_END), key };
}

function parseSignature(
  text: string,
  name: string,
): { bytes: Buffer; comment: string; global: Buffer } {
  const [, line = "", comment = "", last = ""] = FILE.exec(text) ?? [];
  const bytes = decode(line, SIGNATURE_BYTES);
  const global = decode(last, GLOBAL_BYTES);
  if (bytes && global && /^E[Dd]$/.test(bytes.toString("latin1", 0, ID_AT))) {
    return { bytes, comment, global };
  }
  throw new StigmerError("invalid_input", `${name} is not a signature of minisign`, {
    hint: "the mirror is damaged or incomplete: compare it with the release",
  });
}

/** Strictly: `Buffer.from` would leave out what it does not know. */
function decode(text: string, length: number): Buffer | undefined {
  if (!BASE64.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.length === length ? bytes : undefined;
}

function digestOf(content: Uint8Array): Uint8Array {
  return new Bun.CryptoHasher("blake2b512").update(content).digest();
}

/** As minisign writes it. */
function formatId(id: Buffer): string {
  return id.toReversed().toHex().toUpperCase();
}
