import { StigmerError } from "../../base/errors.ts";

const VERSION = /^v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)$/;

/** By the rules of semantic versioning: `v1.2.0-rc.1` comes before `v1.2.0`. */
export function isNewer(version: string, than: string): boolean {
  return Bun.semver.order(version.replace(/^v/, ""), than.replace(/^v/, "")) > 0;
}

/** A version as people write it, as releases are named. */
export function parseVersion(text: string): string {
  const [, number] = VERSION.exec(text) ?? [];
  if (number !== undefined) return `v${number}`;
  throw new StigmerError("usage", `"${text}" is not a version`, { hint: "write it like v1.2.3" });
}
