/** What `bun build --define` writes into the binary; absent when the source runs directly. */
declare const BUILD_VERSION: string | undefined;
declare const BUILD_COMMIT: string | undefined;
declare const BUILD_TIME: string | undefined;
declare const BUILD_TARGET: string | undefined;
declare const BUILD_RELEASE_KEY: string | undefined;

/** `dev` for a build that is not a release. */
export const version: string = typeof BUILD_VERSION === "string" ? BUILD_VERSION : "dev";
export const commit: string = typeof BUILD_COMMIT === "string" ? BUILD_COMMIT : "unknown";
/** Time of the commit, RFC 3339 in UTC. */
export const buildTime: string = typeof BUILD_TIME === "string" ? BUILD_TIME : "unknown";

/** `linux-amd64`, `darwin-arm64`, …: the names that release assets carry. A release knows its own, so that musl asks for musl. */
export const target: string =
  typeof BUILD_TARGET === "string"
    ? BUILD_TARGET
    : `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;

/** The public key of minisign that the next release must be signed with; empty in a build that is no release. */
export const releaseKey: string = typeof BUILD_RELEASE_KEY === "string" ? BUILD_RELEASE_KEY : "";

/** The public half of the key that anybody can sign with: it proves the way, and is believed only close by. */
export const PRACTICE_RELEASE_KEY = "RWSY6lSLPK5weV2UFAcFCSFs79SzfwGyTNiXnpYCpFNDHK5JwP8fDIEi";
