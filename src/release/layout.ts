import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { basename, join } from "node:path";

import type { Paths } from "../base/paths.ts";

const RUNNER_FOLDER = /^[0-9a-f]{16}-[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}$/;
const SCRATCH = ".tmp-";
const QUARANTINE = ".bad-";

/** `pinned` wins over what this build carries; the others follow what was used last. */
export type LinkName = "current" | "previous" | "pinned";

/** The folder of one agent-runner, named by its content, so that versions side by side never touch each other. */
export function folderNameOf(runner: { sha256: string; version: string }): string {
  return `${runner.sha256.slice(0, 16)}-${runner.version}`;
}

export function runnerPath(paths: Paths, folderName: string): string {
  return join(paths.runners, folderName, "agent-runner");
}

export function manifestPath(paths: Paths, folderName: string): string {
  return join(paths.runners, folderName, "manifest.json");
}

export function linkPath(paths: Paths, name: LinkName): string {
  return join(paths.runners, name);
}

export function lockPath(paths: Paths): string {
  return join(paths.runners, ".lock");
}

export function scratchPath(paths: Paths): string {
  return join(paths.runners, `${SCRATCH}${process.pid}-${Bun.randomUUIDv7().slice(-12)}`);
}

export function quarantinePath(paths: Paths, name: string): string {
  return join(paths.runners, `${QUARANTINE}${Bun.randomUUIDv7().slice(0, 13)}-${name}`);
}

/** Names of all installed folders. Only names of our own pattern are ours. */
export function installedFolders(paths: Paths): string[] {
  return namesIn(paths).filter((name) => RUNNER_FOLDER.test(name) && isFolder(paths, name));
}

export function scratchFolders(paths: Paths): string[] {
  return namesIn(paths).filter((name) => name.startsWith(SCRATCH));
}

/** Oldest first: their names begin with the time. */
export function quarantinedFolders(paths: Paths): string[] {
  return namesIn(paths)
    .filter((name) => name.startsWith(QUARANTINE))
    .toSorted();
}

/** The folder that a link names; undefined when it is no link, or names nothing of ours. */
export function linkedFolder(paths: Paths, name: LinkName): string | undefined {
  try {
    const target = readlinkSync(linkPath(paths, name));
    return RUNNER_FOLDER.test(target) && basename(target) === target ? target : undefined;
  } catch {
    return undefined;
  }
}

function namesIn(paths: Paths): string[] {
  try {
    return readdirSync(paths.runners);
  } catch {
    return [];
  }
}

function isFolder(paths: Paths, name: string): boolean {
  return lstatSync(join(paths.runners, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
}
