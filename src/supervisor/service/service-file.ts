import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { messageOf, StigmerError } from "../../base/errors.ts";
import { MARKER } from "./service-definition.ts";

/** What lies in the place of our file. */
export type ServiceFile =
  | { kind: "missing" }
  | { kind: "own"; content: string }
  /** Somebody else's, or something that is no file. */
  | { kind: "foreign" };

export function readServiceFile(path: string): ServiceFile {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return { kind: "missing" };
  if (!found.isFile()) return { kind: "foreign" };
  const content = readFileSync(path, "utf8");
  return content.includes(MARKER) ? { kind: "own", content } : { kind: "foreign" };
}

/** Answers whether anything changed. A reader sees the old file or the new one. */
export function writeServiceFile(path: string, content: string): boolean {
  const before = requireOwn(path);
  if (before.kind === "own" && before.content === content) return false;
  const scratch = `${path}.${process.pid}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    rmSync(scratch, { force: true });
    writeFileSync(scratch, content, { flag: "wx", mode: 0o644, flush: true });
    renameSync(scratch, path);
    return true;
  } catch (error) {
    rmSync(scratch, { force: true });
    throw new StigmerError("failed", `cannot write ${path}: ${messageOf(error)}`, {
      hint: "mend the owner or the mode of that folder",
      cause: error,
    });
  }
}

/** Answers whether there was one. */
export function removeServiceFile(path: string): boolean {
  const before = requireOwn(path);
  rmSync(path, { force: true });
  return before.kind === "own";
}

function requireOwn(path: string): Exclude<ServiceFile, { kind: "foreign" }> {
  const found = readServiceFile(path);
  if (found.kind !== "foreign") return found;
  throw new StigmerError("conflict", `${path} was not written by stigmer`, {
    hint: "move it away, or manage the server with it as you do now",
  });
}
