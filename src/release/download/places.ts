import { join } from "node:path";

/** The names of one download; all come from its digest, so that two mirrors of a file share them. */
export interface Places {
  /** The verified file. */
  readonly done: string;
  /** Its beginning, while it is under way or after a try that was cut off. */
  readonly part: string;
  /** What the beginning belongs to. */
  readonly sidecar: string;
  /** What had the wrong digest, kept for a look at it. */
  readonly bad: string;
  /** Of the few locks of a folder: one for each file would stay for each file that there ever was. */
  readonly lock: string;
}

export function placesOf({ folder, sha256 }: { folder: string; sha256: string }): Places {
  const at = (ending: string): string => join(folder, `${sha256}${ending}`);
  return {
    done: at(""),
    part: at(".part"),
    sidecar: at(".json"),
    bad: at(".bad"),
    lock: join(folder, `${sha256.slice(0, 1)}.lock`),
  };
}
