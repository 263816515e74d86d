import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { PRACTICE_RELEASE_KEY } from "../../base/build-info.ts";
import { StigmerError } from "../../base/errors.ts";
import { parsePublicKey, parseSecretKey, type SigningKey } from "./minisign.ts";

/**
 * The key that signs a release, and whose public half its files carry. Without one of his own anybody signs with the
 * practice key, which everybody has, so that two builds anywhere give the same bytes.
 */
export function readSigningKey(secretFile: string | undefined, publicFile: string): SigningKey {
  const path = secretFile ?? join(import.meta.dir, "practice.key");
  const key = parseSecretKey(readKeyFile(path), path);
  if (secretFile === undefined || !existsSync(publicFile)) return key;
  const published = parsePublicKey(readFileSync(publicFile, "utf8"));
  if (published === key.publicKey) return key;
  throw new StigmerError(
    "invalid_input",
    `the key in ${path} belongs to ${key.publicKey}, but ${publicFile} says ${published}`,
    { hint: "every file that people have trusts the published one: sign with its secret half" },
  );
}

/** What people trust has to be what the repository holds, so that they can build it themselves and compare. */
export function refuseUncommitted(key: SigningKey, commit: string): void {
  if (key.publicKey === PRACTICE_RELEASE_KEY || /^[0-9a-f]+$/.test(commit)) return;
  throw new StigmerError("conflict", `the sources are those of no commit (${commit})`, {
    hint: "commit the changes before you sign a release, or leave SIGNING_KEY out to practise",
  });
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new StigmerError("not_found", `the signing key ${path} cannot be read`, {
      hint: "SIGNING_KEY is the path of a secret key that `make release-key` wrote",
      cause: error,
    });
  }
}
