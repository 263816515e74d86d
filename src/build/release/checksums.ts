import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { sha256Hex } from "../../base/sha256.ts";
import { signFile, type SigningKey } from "./minisign.ts";

export const CHECKSUMS = "checksums.txt";

/** The SHA-256 of each file in a folder that has none beside it or in it, sorted by name. */
export function digestFolder(folder: string): Map<string, string> {
  const names = readdirSync(folder).filter((name) => !isChecksum(name));
  return new Map(
    names.toSorted(byBytes).map((name) => [name, sha256Hex(readFileSync(join(folder, name)))]),
  );
}

/** A line as `sha256sum` writes and `sha256sum -c` reads it. */
export function checksumLine(name: string, sha256: string): string {
  return `${sha256}  ${name}\n`;
}

/** Writes the list of a folder, and its signature where there is a key to sign with. The trusted comment says of which release, so that no old list passes for a new one. */
export function writeList(
  folder: string,
  key: SigningKey | undefined,
  trustedComment: string,
): void {
  const lines = [...digestFolder(folder)].map(([name, sha256]) => checksumLine(name, sha256));
  const list = Buffer.from(lines.join(""));
  writeFileSync(join(folder, CHECKSUMS), list);
  if (!key) return;
  writeFileSync(join(folder, `${CHECKSUMS}.minisig`), signFile(list, key, trustedComment));
}

function isChecksum(name: string): boolean {
  return name.startsWith(CHECKSUMS) || name.endsWith(".sha256");
}

/** The same order on every machine, whatever its language. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
