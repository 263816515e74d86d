import { rmSync } from "node:fs";

import { z } from "zod";

import { writeDurably } from "../base/durable-file.ts";
import { systemCodeOf } from "../base/errors.ts";
import type { Paths } from "../base/paths.ts";
import { readSmallFile } from "../base/read-small-file.ts";
import { folderNameOf, manifestPath } from "./layout.ts";
import { renameOver } from "./rename-over.ts";
import { RunnerSource } from "./runner-file.ts";
import { FileStamp, isSameStamp } from "./stamp.ts";

/** What is known of an installed agent-runner, in `manifest.json` beside it. */
export const RunnerManifest = z.object({
  schema: z.literal(1),
  version: z.string().min(1),
  target: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().positive(),
  source: RunnerSource,
  installedAt: z.iso.datetime(),
  /** When it was last hashed as a whole. */
  verifiedAt: z.iso.datetime(),
  /** What the file system said of it then; while it says the same, the content is believed to be the same. */
  stamp: FileStamp.optional(),
});
export type RunnerManifest = z.infer<typeof RunnerManifest>;

/** Many times what we write. */
const BYTES_MAX = 65_536;
const NOTED_AGAIN_MS = 3_600_000;
const AnySchema = z.object({ schema: z.number() });

/** Undefined when there is none, or when what is there is not the one of this folder. */
export function readManifest(paths: Paths, folderName: string): RunnerManifest | undefined {
  const read = parseManifest(paths, folderName);
  return "manifest" in read ? read.manifest : undefined;
}

/** Why `readManifest` has no answer. */
export function faultOfManifest(paths: Paths, folderName: string): string | undefined {
  const read = parseManifest(paths, folderName);
  return "fault" in read ? read.fault : undefined;
}

function parseManifest(
  paths: Paths,
  folderName: string,
): { manifest: RunnerManifest } | { fault: string } {
  let json: unknown;
  try {
    json = JSON.parse(readSmallFile(manifestPath(paths, folderName), BYTES_MAX));
  } catch (error) {
    const isMissing = systemCodeOf(error) === "ENOENT";
    return { fault: isMissing ? "has no manifest.json" : "has a manifest.json that is no JSON" };
  }
  const { data: manifest } = RunnerManifest.safeParse(json);
  if (manifest && folderNameOf(manifest) === folderName) return { manifest };
  if (manifest) return { fault: "has the manifest.json of another agent-runner" };
  const schema = AnySchema.safeParse(json).data?.schema ?? 1;
  return schema > 1
    ? { fault: `has a manifest.json of schema ${schema}, which a newer stigmer wrote` }
    : { fault: "has a manifest.json that lacks something" };
}

/** Into a folder that nobody uses yet. */
export function writeManifest(path: string, manifest: RunnerManifest): void {
  writeDurably(path, `${JSON.stringify(manifest, null, 2)}\n`, 0o644);
}

/** In one step: a reader sees the old one or the new one. */
export function replaceManifest(paths: Paths, folderName: string, manifest: RunnerManifest): void {
  const path = manifestPath(paths, folderName);
  const scratch = `${path}.${process.pid}`;
  rmSync(scratch, { force: true });
  try {
    writeManifest(scratch, manifest);
    renameOver(paths, scratch, path);
  } finally {
    rmSync(scratch, { force: true });
  }
}

/** A start that wrote to the disk each time would cost more than its test. */
function isNotedAlready(
  manifest: RunnerManifest,
  { verifiedAt, stamp }: { verifiedAt: string; stamp?: FileStamp },
): boolean {
  const ageMs = Date.parse(verifiedAt) - Date.parse(manifest.verifiedAt);
  return isSameStamp(manifest.stamp, stamp) && ageMs >= 0 && ageMs < NOTED_AGAIN_MS;
}

/** Notes that the content was right just now. What the disk does not take is only hashed again the next time. */
export function noteVerified(
  paths: Paths,
  folderName: string,
  found: Pick<RunnerManifest, "verifiedAt"> & { stamp?: FileStamp },
): void {
  const manifest = readManifest(paths, folderName);
  if (!manifest || isNotedAlready(manifest, found)) return;
  try {
    replaceManifest(paths, folderName, { ...manifest, ...found });
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
  }
}
