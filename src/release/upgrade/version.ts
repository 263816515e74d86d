import { StigmerError } from "../../base/errors.ts";
import { isReleaseVersion } from "../../base/release-version.ts";

/** By the rules of semantic versioning: `v1.2.0-rc.1` comes before `v1.2.0`. */
export function isNewer(version: string, than: string): boolean {
  return Bun.semver.order(version.replace(/^v/, ""), than.replace(/^v/, "")) > 0;
}

/** A version as people write it, as releases are named. */
export function parseVersion(text: string): string {
  const name = text.startsWith("v") ? text : `v${text}`;
  if (isReleaseVersion(name)) return name;
  throw new StigmerError("usage", `"${text}" is not a version`, { hint: "write it like v1.2.3" });
}
