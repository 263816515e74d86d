import { renameSync } from "node:fs";

import { systemCodeOf } from "../base/errors.ts";
import type { Paths } from "../base/paths.ts";
import { quarantinePath } from "./layout.ts";

const IN_THE_WAY = new Set(["EISDIR", "ENOTEMPTY", "EEXIST", "ENOTDIR"]);

/** Puts a file or a link into its place by one rename. A folder there is set aside: it may be dear to somebody. */
export function renameOver(paths: Paths, scratch: string, place: string): void {
  try {
    renameSync(scratch, place);
  } catch (error) {
    if (!IN_THE_WAY.has(systemCodeOf(error) ?? "")) throw error;
    renameSync(place, quarantinePath(paths, "in-the-way"));
    renameSync(scratch, place);
  }
}
