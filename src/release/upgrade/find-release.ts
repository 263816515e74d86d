import { StigmerError } from "../../base/errors.ts";
import { newestAssetUrl, releaseAssetUrl } from "../download/asset-url.ts";
import { fetchSmall } from "../download/fetch-small.ts";
import type { FetchRequest } from "../download/request.ts";
import { displayUrl } from "../download/source-url.ts";
import { readSignature, type Signature } from "./minisign.ts";
import { parseChecksums, parseTrustedComment, type SignedWord } from "./signed-list.ts";

const LIST = "checksums.txt";
const SIGNATURE = `${LIST}.minisig`;
const SIGNATURE_BYTES_MAX = 4_096;
const LIST_BYTES_MAX = 1_000_000;

/** Where to ask, and whom to believe. */
export interface ReleaseSource extends Omit<FetchRequest, "url"> {
  /** A public key of minisign. */
  readonly releaseKey: string;
}

/** A release that the key vouches for. Its list has not been read yet. */
export interface Release extends SignedWord {
  readonly signature: Signature;
}

/** The newest release, or the one of a version. The signature alone tells which one it is. */
export async function findRelease(
  asked: string | undefined,
  source: ReleaseSource,
): Promise<Release> {
  const { environment, releaseKey } = source;
  const url = asked
    ? releaseAssetUrl(asked, SIGNATURE, environment)
    : newestAssetUrl(SIGNATURE, environment);
  const name = displayUrl(new URL(url));
  const text = await fetchText(url, SIGNATURE_BYTES_MAX, source);
  const signature = readSignature(text, releaseKey, name);
  const word = parseTrustedComment(signature.trustedComment, name);
  if (asked !== undefined && word.version !== asked) {
    throw new StigmerError("checksum_mismatch", `${name} is that of ${word.version}`, {
      hint: `the mirror shows another release as ${asked}: compare it with the release`,
    });
  }
  return { ...word, signature };
}

/** The digests of a release's files. */
export async function readDigests(
  release: Release,
  source: ReleaseSource,
): Promise<ReadonlyMap<string, string>> {
  const url = releaseAssetUrl(release.version, LIST, source.environment);
  const name = displayUrl(new URL(url));
  const text = await fetchText(url, LIST_BYTES_MAX, source);
  if (release.signature.signs(Buffer.from(text))) return parseChecksums(text, name);
  throw new StigmerError(
    "checksum_mismatch",
    `${name} is not the list that was signed for ${release.version}`,
    { hint: "do not use what lies there; compare the mirror with the release" },
  );
}

async function fetchText(url: string, bytesMax: number, source: ReleaseSource): Promise<string> {
  const bytes = await fetchSmall({ ...source, url, bytesMax });
  return Buffer.from(bytes).toString();
}
