import {
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import type { Paths } from "../base/paths.ts";
import { readSmallFile } from "../base/read-small-file.ts";
import { checkpoint } from "./checkpoint.ts";
import { linkedFolder, type LinkName, linkPath } from "./layout.ts";
import { readManifest } from "./manifest.ts";
import { renameOver } from "./rename-over.ts";

const VERSION_BYTES_MAX = 1_024;
const PUBLIC_TARGET = "../runners/current/agent-runner";

/** Whether every link and the version file already say that this runner is the current one. */
export function isCurrent(paths: Paths, folderName: string, version: string): boolean {
  return (
    linkedFolder(paths, "current") === folderName &&
    readLink(publicPath(paths)) === PUBLIC_TARGET &&
    readVersion(paths) === version
  );
}

/** Whether what leads to the current runner is whole, whichever runner that is. */
export function areLinksWhole(paths: Paths): boolean {
  const folderName = linkedFolder(paths, "current");
  const manifest = folderName === undefined ? undefined : readManifest(paths, folderName);
  if (folderName === undefined || !manifest) return false;
  return isCurrent(paths, folderName, manifest.version) && existsSync(publicPath(paths));
}

/**
 * Makes a runner the current one. Each step replaces one name at once and can be done again, so a crash between
 * any two is mended by the next start.
 */
export function makeCurrent(paths: Paths, folderName: string, version: string): void {
  const before = linkedFolder(paths, "current");
  if (before !== undefined && before !== folderName) pointTo(paths, "previous", before);
  checkpoint("previous-linked");
  pointTo(paths, "current", folderName);
  checkpoint("current-linked");
  mkdirSync(paths.bin, { recursive: true, mode: 0o700 });
  replaceLink(paths, publicPath(paths), PUBLIC_TARGET);
  checkpoint("public-linked");
  if (readVersion(paths) !== version) writeVersion(paths, version);
}

export function pointTo(paths: Paths, name: LinkName, folderName: string): void {
  replaceLink(paths, linkPath(paths, name), folderName);
}

export function removeLink(paths: Paths, name: LinkName): void {
  rmSync(linkPath(paths, name), { force: true, recursive: false });
}

/** The stable path that people and other programs may use. */
export function publicPath(paths: Paths): string {
  return join(paths.bin, "agent-runner");
}

function replaceLink(paths: Paths, link: string, target: string): void {
  if (readLink(link) === target) return;
  const scratch = `${link}.${process.pid}`;
  rmSync(scratch, { force: true });
  symlinkSync(target, scratch);
  renameOver(paths, scratch, link);
}

function readLink(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isSymbolicLink() ? readlinkSync(path) : undefined;
}

function versionPath(paths: Paths): string {
  return join(paths.bin, ".version");
}

function readVersion(paths: Paths): string | undefined {
  try {
    return readSmallFile(versionPath(paths), VERSION_BYTES_MAX).trim();
  } catch {
    return undefined;
  }
}

function writeVersion(paths: Paths, version: string): void {
  const scratch = `${versionPath(paths)}.${process.pid}`;
  writeFileSync(scratch, `${version}\n`, { mode: 0o644 });
  renameOver(paths, scratch, versionPath(paths));
}
