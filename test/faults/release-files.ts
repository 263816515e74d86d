import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { sha256Hex } from "../../src/base/sha256.ts";

/** Every path below the base address, and what it holds. */
export type ReleaseFiles = ReadonlyMap<string, Uint8Array>;

/** A release as it is published: each asset, its `.sha256` beside it, and the list of all. */
export function releaseFiles(
  version: string,
  assets: Readonly<Record<string, Uint8Array>>,
): ReleaseFiles {
  const files = new Map<string, Uint8Array>();
  const sums: string[] = [];
  for (const [name, bytes] of Object.entries(assets)) {
    const sum = `${sha256Hex(bytes)}  ${name}\n`;
    files.set(`/${version}/${name}`, bytes);
    files.set(`/${version}/${name}.sha256`, Buffer.from(sum));
    sums.push(sum);
  }
  files.set(`/${version}/checksums.txt`, Buffer.from(sums.join("")));
  return files;
}

/** The files of a folder that a build wrote, published as that version. */
export function releaseFolder(version: string, folder: string): ReleaseFiles {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  const assets = names
    .filter(({ name }) => !name.endsWith(".sha256") && name !== "checksums.txt")
    .map(({ name }) => [name, readFileSync(join(folder, name))] as const);
  return releaseFiles(version, Object.fromEntries(assets));
}
