import { readFileSync, writeFileSync } from "node:fs";

import { packTar, unpackTar } from "modern-tar";

/** A few tenths of a percent larger than the best level, in a quarter of its time. */
const GZIP_LEVEL = 9;

export interface TarballEntry {
  readonly name: string;
  readonly mode: number;
  /** The bytes, or the path of the file that has them. */
  readonly content: Uint8Array | string;
}

/** Writes a `.tar.gz`. The same entries and time give the same bytes: no owner, no clock, no file name gets in. */
export async function writeTarball(
  path: string,
  entries: readonly TarballEntry[],
  time: Date,
): Promise<void> {
  const tar = await packTar(
    entries.map(({ name, mode, content }) => {
      const body = typeof content === "string" ? readFileSync(content) : content;
      const owner = { uid: 0, gid: 0, uname: "root", gname: "root" };
      return { header: { name, mode, mtime: time, size: body.length, ...owner }, body };
    }),
  );
  // libdeflate leaves name and time out of the header of gzip.
  writeFileSync(path, Bun.gzipSync(tar, { level: GZIP_LEVEL, library: "libdeflate" }));
}

/** The bytes of one file in a `.tar.gz`, or undefined when it has none of that name. */
export async function readFromTarball(path: string, name: string): Promise<Uint8Array | undefined> {
  const tar = Bun.gunzipSync(readFileSync(path));
  const entries = await unpackTar(tar, {
    strict: true,
    filter: (header) => header.name === name && (header.type ?? "file") === "file",
  });
  return entries[0]?.data;
}
