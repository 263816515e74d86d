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
  const key = parseSecretKey(readKeyFile(path, "SIGNING_KEY"), path);
  if (secretFile === undefined || !existsSync(publicFile)) return key;
  const published = parsePublicKey(readFileSync(publicFile, "utf8"), publicFile);
  if (published === key.publicKey) return key;
  throw new StigmerError(
    "invalid_input",
    `the key in ${path} belongs to ${key.publicKey}, but ${publicFile} says ${published}`,
    { hint: "every file that people have trusts the published one: sign with its secret half" },
  );
}

/** What goes into the files, and what signs their list: of somebody else's release there is only the public half. */
export interface ReleaseKey {
  readonly publicKey: string;
  readonly signing?: SigningKey;
}

/** With a public key alone anybody builds the very files of a published release, all but the signature. */
export function readReleaseKey(
  files: { secret: string | undefined; public: string | undefined },
  published: string,
): ReleaseKey {
  if (files.public === undefined) {
    const signing = readSigningKey(files.secret, published);
    return { publicKey: signing.publicKey, signing };
  }
  if (files.secret === undefined) {
    const text = readKeyFile(files.public, "PUBLIC_KEY");
    return { publicKey: parsePublicKey(text, files.public) };
  }
  throw new StigmerError("usage", "SIGNING_KEY and PUBLIC_KEY exclude each other", {
    hint: "sign with the first, or rebuild what another signed with the second",
  });
}

/** What people trust has to be what the repository holds, so that they can build it themselves and compare. */
export function refuseUncommitted(key: ReleaseKey, commit: string): void {
  if (key.publicKey === PRACTICE_RELEASE_KEY || /^[0-9a-f]+$/.test(commit)) return;
  throw new StigmerError("conflict", `the sources are those of no commit (${commit})`, {
    hint: "commit the changes before you sign a release, or leave SIGNING_KEY out to practise",
  });
}

function readKeyFile(path: string, variable: "SIGNING_KEY" | "PUBLIC_KEY"): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const half =
      variable === "SIGNING_KEY" ? "secret key that `make release-key` wrote" : "public key";
    throw new StigmerError("not_found", `the key ${path} cannot be read`, {
      hint: `${variable} is the path of a ${half}`,
      cause: error,
    });
  }
}
