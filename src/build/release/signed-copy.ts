import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { StigmerError } from "../../base/errors.ts";
import { checkPageHashes } from "./code-signature.ts";
import { readMachO } from "./mach-o.ts";
import type { Target } from "./targets.ts";

/**
 * Puts the copy that Apple's tools signed, `<folder>/<target>/stigmer`, in the place of the compiled file. It has to be
 * that very file in all but its signature, so that a machine that signs cannot bring in anything else.
 */
export function takeSignedCopy(folder: string, target: Target, compiledPath: string): void {
  const signedPath = join(folder, target.name, "stigmer");
  if (!existsSync(signedPath)) {
    throw new StigmerError("not_found", `there is no signed file ${signedPath}`, {
      hint: `SIGNED is a folder with a file for each target of macOS that is built; leave ${target.name} out of TARGETS, or sign it`,
    });
  }
  const signed = readFileSync(signedPath);
  if (
    !withoutSignature(signed, signedPath).equals(
      withoutSignature(readFileSync(compiledPath), compiledPath),
    )
  ) {
    throw new StigmerError(
      "checksum_mismatch",
      `${signedPath} differs from what was compiled in more than its signature`,
      { hint: "sign the file of the same commit, version and key" },
    );
  }
  checkPageHashes(signed, signedPath);
  copyFileSync(signedPath, compiledPath);
}

/** What a signature covers, without the three lengths that a new one changes. */
function withoutSignature(file: Buffer, path: string): Buffer {
  const { signature, signatureCommand, lastSegment } = readMachO(file, path);
  const covered = Buffer.from(file.subarray(0, signature));
  covered.fill(0, signatureCommand + 12, signatureCommand + 16);
  covered.fill(0, lastSegment + 32, lastSegment + 40);
  covered.fill(0, lastSegment + 48, lastSegment + 56);
  return covered;
}
