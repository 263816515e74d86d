import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { systemCodeOf } from "../base/errors.ts";
import type { Paths } from "../base/paths.ts";
import { isSameProcess, ownIdentity, ProcessIdentity } from "../base/process-identity.ts";

/** That a process runs, or is about to run, the agent-runner in a folder. */
const Reference = ProcessIdentity.extend({ folder: z.string().min(1) });

/** Notes which folder this process uses from now on. The note dies with the process: it names its start time. */
export function referTo(paths: Paths, folder: string): void {
  try {
    writeReference(paths, folder);
  } catch (error) {
    // Where nobody may write nobody may remove either.
    if (!["EROFS", "EACCES"].includes(systemCodeOf(error) ?? "")) throw error;
  }
}

function writeReference(paths: Paths, folder: string): void {
  const own = ownIdentity();
  const place = referencesFolder(paths);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const scratch = join(place, `.${own.pid}`);
  writeFileSync(scratch, JSON.stringify({ ...own, folder }), { mode: 0o600 });
  renameSync(scratch, join(place, `${own.pid}.json`));
}

/** The folders that live processes use; undefined when one note cannot be read, so that nothing is known for sure. */
export function referencedFolders(paths: Paths): Set<string> | undefined {
  const folders = new Set<string>();
  for (const name of namesIn(referencesFolder(paths))) {
    const path = join(referencesFolder(paths), name);
    const reference = readReference(path);
    if (!reference) return undefined;
    if (isSameProcess(reference)) folders.add(reference.folder);
    else rmSync(path, { force: true });
  }
  return folders;
}

function readReference(path: string): z.infer<typeof Reference> | undefined {
  try {
    return Reference.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

function referencesFolder(paths: Paths): string {
  return join(paths.runners, ".refs");
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
}
