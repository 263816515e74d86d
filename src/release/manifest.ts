import { readFileSync, renameSync, rmSync } from "node:fs";

import { z } from "zod";

import type { Paths } from "../base/paths.ts";
import { writeDurably } from "./disk.ts";
import { manifestPath } from "./layout.ts";
import { RunnerSource } from "./runner-file.ts";

/** What is known of an installed agent-runner, in `manifest.json` beside it. */
export const RunnerManifest = z.object({
  schema: z.literal(1),
  version: z.string().min(1),
  target: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().positive(),
  source: RunnerSource,
  installedAt: z.iso.datetime(),
  /** When a person or the server last had it checked as a whole. */
  verifiedAt: z.iso.datetime(),
});
export type RunnerManifest = z.infer<typeof RunnerManifest>;

/** Undefined when there is none, or when what is there is not one. */
export function readManifest(paths: Paths, folderName: string): RunnerManifest | undefined {
  try {
    return RunnerManifest.parse(JSON.parse(readFileSync(manifestPath(paths, folderName), "utf8")));
  } catch {
    return undefined;
  }
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
  writeManifest(scratch, manifest);
  renameSync(scratch, path);
}
