import { createPrivateKey, type KeyObject, sign } from "node:crypto";

import { StigmerError } from "../../base/errors.ts";

/** The byte lengths of a secret key file: algorithms, key derivation, key id, seed and public half, checksum. */
const SECRET_BYTES = 158;
const KEY_ID_AT = 54;
const SEED_AT = 62;
const PUBLIC_AT = 94;
const CHECKSUM_AT = 126;
/** Algorithm, key id, and the key itself. */
const PUBLIC_BYTES = 42;
/** What stands before the 32 bytes of an Ed25519 seed in PKCS #8. */
const SEED_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const UNENCRYPTED = "Ed\0\0B2";

/** A key pair of minisign, which signs one list of a release. */
export interface SigningKey {
  /** The line that a person verifies with: `minisign -P <this>`. */
  readonly publicKey: string;
  readonly id: Buffer;
  readonly secret: KeyObject;
}

/** Reads the secret key file that `minisign -G -W` writes. */
export function parseSecretKey(text: string, path: string): SigningKey {
  const bytes = Buffer.from(text.trim().split("\n").at(-1) ?? "", "base64");
  if (bytes.length !== SECRET_BYTES || bytes.toString("latin1", 0, 2) !== "Ed") {
    throw new StigmerError("invalid_input", `${path} is not a secret key of minisign`, {
      hint: "make one with `make release-key SECRET=<path>`",
    });
  }
  if (bytes.toString("latin1", 0, UNENCRYPTED.length) !== UNENCRYPTED) {
    throw new StigmerError("invalid_input", `${path} is locked with a password`, {
      hint: "a release is signed without anybody at the keyboard: remove it with `minisign -C -W`",
    });
  }
  const key = toKey(bytes.subarray(SEED_AT, PUBLIC_AT), bytes.subarray(KEY_ID_AT, SEED_AT));
  const publicHalf = bytes.subarray(PUBLIC_AT, CHECKSUM_AT);
  if (!Buffer.from(key.publicKey, "base64").subarray(10).equals(publicHalf)) {
    throw new StigmerError(
      "invalid_input",
      `the halves of the key in ${path} do not belong together`,
    );
  }
  return key;
}

/** Makes a key pair, and the two files that minisign keeps it in. */
export function createKeyPair(): { secretFile: string; publicFile: string; key: SigningKey } {
  const seed = crypto.getRandomValues(Buffer.alloc(32));
  const key = toKey(seed, crypto.getRandomValues(Buffer.alloc(8)));
  return { secretFile: toSecretFile(seed, key), publicFile: toPublicFile(key), key };
}

/** The signature file that goes beside `content`, of the form that hashes first. */
export function signFile(content: Uint8Array, key: SigningKey, trustedComment: string): string {
  const digest = Bun.CryptoHasher.hash("blake2b512", content);
  const signature = sign(null, digest, key.secret);
  const both = sign(null, Buffer.concat([signature, Buffer.from(trustedComment)]), key.secret);
  return [
    "untrusted comment: signature of a release of stigmer",
    Buffer.concat([Buffer.from("ED"), key.id, signature]).toString("base64"),
    `trusted comment: ${trustedComment}`,
    both.toString("base64"),
    "",
  ].join("\n");
}

/** The line of a public key in its file. */
export function parsePublicKey(text: string, path: string): string {
  const line = text.trim().split("\n").at(-1) ?? "";
  const bytes = Buffer.from(line, "base64");
  if (bytes.length === PUBLIC_BYTES && bytes.toString("latin1", 0, 2) === "Ed") return line;
  throw new StigmerError("invalid_input", `${path} is not a public key of minisign`, {
    hint: "`make release-key` and `minisign -G` write one",
  });
}

function toKey(seed: Buffer, id: Buffer): SigningKey {
  const encoded = Buffer.concat([SEED_PREFIX, seed]);
  const secret = createPrivateKey({ key: encoded, format: "der", type: "pkcs8" });
  const { x: publicHalf = "" } = secret.export({ format: "jwk" });
  const publicKey = Buffer.concat([
    Buffer.from("Ed"),
    id,
    Buffer.from(publicHalf, "base64url"),
  ]).toString("base64");
  return { publicKey, id, secret };
}

function toPublicFile(key: SigningKey): string {
  const name = Buffer.from(key.id.toReversed()).toString("hex").toUpperCase();
  return `untrusted comment: minisign public key ${name}\n${key.publicKey}\n`;
}

/** Without a password minisign leaves salt, limits and checksum empty. */
function toSecretFile(seed: Buffer, key: SigningKey): string {
  const bytes = Buffer.alloc(SECRET_BYTES);
  bytes.write(UNENCRYPTED, 0, "latin1");
  key.id.copy(bytes, KEY_ID_AT);
  seed.copy(bytes, SEED_AT);
  Buffer.from(key.publicKey, "base64").copy(bytes, PUBLIC_AT, 10);
  return `untrusted comment: secret key that signs releases of stigmer\n${bytes.toString("base64")}\n`;
}
