/** True only in the builds that the crash tests make; everywhere else the calls below vanish. */
declare const BUILD_CHECKPOINTS: boolean | undefined;

/** The points between which an installation or an upgrade can be cut off. */
export type Checkpoint =
  | "locked"
  | "scratch-made"
  | "written"
  | "smoked"
  | "manifest-written"
  | "old-moved"
  | "renamed"
  | "previous-linked"
  | "current-linked"
  | "public-linked"
  | "upgrade-locked"
  | "upgrade-unpacked"
  | "upgrade-tried"
  | "upgrade-kept"
  | "upgrade-swapped"
  | "upgrade-answered"
  | "upgrade-done";

/** Dies here as by `kill -9` when a test asks for it. */
export function checkpoint(name: Checkpoint): void {
  if (typeof BUILD_CHECKPOINTS === "boolean" && BUILD_CHECKPOINTS) {
    if (process.env["STIGMER_TEST_CHECKPOINT"] === name) process.kill(process.pid, "SIGKILL");
  }
}
