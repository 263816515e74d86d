import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { systemCodeOf } from "../base/errors.ts";
import type { Paths } from "../base/paths.ts";
import { isSameProcess, ownIdentity, ProcessIdentity } from "../base/process-identity.ts";
import { readSmallFile } from "../base/read-small-file.ts";
import { quarantinePath } from "./layout.ts";

/** Many times what we write. */
const BYTES_MAX = 4_096;

/** That a process runs, or is about to run, the agent-runner in a folder. */
const Reference = ProcessIdentity.extend({ folder: z.string().min(1) });

/** What must keep nobody from running a good file. Where nobody may write nobody may remove either. */
const NO_HINDRANCE = new Set(["EROFS", "EACCES", "ENOSPC", "EDQUOT"]);

/** Notes which folder this process uses from now on. The note dies with the process: it names its start time. */
export function referTo(paths: Paths, folder: string): void {
  try {
    writeReference(paths, folder);
  } catch (error) {
    if (!NO_HINDRANCE.has(systemCodeOf(error) ?? "")) throw error;
  }
}

function writeReference(paths: Paths, folder: string): void {
  const own = ownIdentity();
  const place = referencesFolder(paths);
  makeFolder(paths, place);
  const scratch = join(place, `.${own.pid}`);
  try {
    writeFileSync(scratch, JSON.stringify({ ...own, folder }), { mode: 0o600 });
    renameSync(scratch, join(place, `${own.pid}.json`));
  } finally {
    rmSync(scratch, { force: true });
  }
}

function makeFolder(paths: Paths, place: string): void {
  const found = lstatSync(place, { throwIfNoEntry: false });
  // Something else has the name: it is set aside like anything that is not ours.
  if (found && !found.isDirectory()) renameSync(place, quarantinePath(paths, "refs"));
  mkdirSync(place, { recursive: true, mode: 0o700 });
}

/** The folders that live processes use; undefined when one note cannot be read, so that nothing is known for sure. */
export function referencedFolders(paths: Paths): Set<string> | undefined {
  const folders = new Set<string>();
  const names = namesIn(referencesFolder(paths));
  if (!names) return undefined;
  for (const name of names) {
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
    return Reference.parse(JSON.parse(readSmallFile(path, BYTES_MAX)));
  } catch {
    return undefined;
  }
}

function referencesFolder(paths: Paths): string {
  return join(paths.runners, ".refs");
}

/** Undefined when nobody can tell which there are. */
function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch (error) {
    return systemCodeOf(error) === "ENOENT" ? [] : undefined;
  }
}
