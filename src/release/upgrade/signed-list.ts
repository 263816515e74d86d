import { StigmerError } from "../../base/errors.ts";
import { isReleaseVersion } from "../../base/release-version.ts";

const COMMENT = /^stigmer (\S+) (\S+) (\S+)$/;
const LINE = /^([0-9a-f]{64}) [ *]([^/\s]+)$/;

/** What the signer says of a list, under the same signature. */
export interface SignedWord {
  readonly version: string;
  readonly commit: string;
  readonly time: string;
}

/** Without the version in it, an old list could be shown as that of a new release. */
export function parseTrustedComment(comment: string, name: string): SignedWord {
  const [, version = "", commit = "", time = ""] = COMMENT.exec(comment) ?? [];
  if (isReleaseVersion(version)) return { version, commit, time };
  throw new StigmerError("invalid_input", `${name} says "${comment}", and no version`, {
    hint: 'a release of stigmer says "stigmer v1.2.3 <commit> <time>"',
  });
}

/** A list as `sha256sum` writes it: from the names of files to their digests. */
export function parseChecksums(text: string, name: string): ReadonlyMap<string, string> {
  const digests = new Map<string, string>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line === "") continue;
    const [, sha256, file] = LINE.exec(line) ?? [];
    if (sha256 === undefined || file === undefined || digests.has(file)) {
      const fault = file === undefined ? "is no digest and a name" : `names ${file} again`;
      throw new StigmerError("invalid_input", `${name}: line ${index + 1} ${fault}`, {
        hint: "each line is written as `sha256sum` does: 64 hexadecimal digits, two spaces, a name",
      });
    }
    digests.set(file, sha256);
  }
  return digests;
}
