/** What `bun build --define` writes into the binary; absent when the source runs directly. */
declare const BUILD_VERSION: string | undefined;
declare const BUILD_COMMIT: string | undefined;
declare const BUILD_TIME: string | undefined;

/** `dev` for a build that is not a release. */
export const version: string = typeof BUILD_VERSION === "string" ? BUILD_VERSION : "dev";
export const commit: string = typeof BUILD_COMMIT === "string" ? BUILD_COMMIT : "unknown";
/** Time of the commit, RFC 3339 in UTC. */
export const buildTime: string = typeof BUILD_TIME === "string" ? BUILD_TIME : "unknown";

/** `linux-amd64`, `darwin-arm64`, …: the names that release assets carry. */
export const target: string = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
