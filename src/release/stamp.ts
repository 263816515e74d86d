import type { BigIntStats } from "node:fs";

import { z } from "zod";

/** What a file system says of a file. The change time cannot be set back by who changes the file. */
export const FileStamp = z.object({
  ino: z.string().regex(/^\d+$/),
  size: z.int().positive(),
  mtimeNs: z.string().regex(/^-?\d+$/),
  ctimeNs: z.string().regex(/^-?\d+$/),
});
export type FileStamp = z.infer<typeof FileStamp>;

/** Twice the coarsest tick of a kernel's clock: a second change within one tick would leave the stamp as it is. */
const SETTLED_MS = 20n;
const NS_PER_MS = 1_000_000n;

/** The stamp of a file whose content is known; undefined while it is so young that it could change unseen. */
export function stampOf(found: BigIntStats, nowMs: number): FileStamp | undefined {
  const ageNs = BigInt(nowMs) * NS_PER_MS - found.ctimeNs;
  if (ageNs < SETTLED_MS * NS_PER_MS) return undefined;
  return {
    ino: `${found.ino}`,
    size: Number(found.size),
    mtimeNs: `${found.mtimeNs}`,
    ctimeNs: `${found.ctimeNs}`,
  };
}

export function isSameStamp(one: FileStamp | undefined, other: FileStamp | undefined): boolean {
  return (
    one !== undefined &&
    other !== undefined &&
    one.ino === other.ino &&
    one.size === other.size &&
    one.mtimeNs === other.mtimeNs &&
    one.ctimeNs === other.ctimeNs
  );
}
