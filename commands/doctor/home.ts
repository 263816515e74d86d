import { accessSync, constants, lstatSync, readFileSync, statfsSync, type Stats } from "node:fs";
import { userInfo } from "node:os";

import type { Paths } from "../../src/base/paths.ts";
import { type Finding, note, ok, problem } from "./finding.ts";

/** Less than this is soon used up by a journal and its logs. */
const FREE_BYTES_MIN = 256 * 1024 * 1024;
const OTHERS = 0o077;
const WRITABLE_BY_OTHERS = 0o022;

/** Whether the home is its owner's alone, can be written, and has room. Changes nothing. */
export function checkHome(paths: Paths): Finding[] {
  const { home, token, config } = paths;
  const found = look(home);
  if (!found)
    return [note("home", `${home} is not there yet; the first "stigmer server" makes it`)];
  if (!found.isDirectory()) {
    return [problem("home", `${home} is not a folder`, "set STIGMER_HOME to a folder")];
  }
  return [
    ownershipOf(home, found),
    ...foldersOf(paths).flatMap((folder) => safetyOf(folder)),
    ...[token, config].flatMap((file) => secrecyOf(file)),
    spaceIn(home),
    executionIn(home),
  ];
}

function ownershipOf(home: string, found: Stats): Finding {
  const { uid, username } = userInfo();
  if (found.uid !== uid) {
    return problem(
      "home",
      `${home} belongs to another user (uid ${found.uid})`,
      `sudo chown -R ${username} ${home}`,
    );
  }
  if ((found.mode & OTHERS) !== 0) {
    const mode = (found.mode & 0o777).toString(8);
    return problem("home", `others may enter ${home} (mode ${mode})`, `chmod 700 ${home}`);
  }
  try {
    accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return problem("home", `${home} can't be written`, "mount it read-write, or set STIGMER_HOME");
  }
  return ok("home", `${home} is yours alone and can be written`);
}

/** Every folder whose content is believed; the sockets may lie outside the home. */
function foldersOf({ run, sockets, data, logs, runners, bin }: Paths): string[] {
  return [...new Set([run, sockets, data, logs, runners, bin])];
}

/** Whoever may write there may put something in the place of what is ours. */
function safetyOf(folder: string): Finding[] {
  const found = look(folder);
  if (!found) return [];
  const { uid, username } = userInfo();
  if (found.uid !== uid) {
    const message = `${folder} belongs to another user (uid ${found.uid})`;
    return [problem("home", message, `sudo chown -R ${username} ${folder}`)];
  }
  if ((found.mode & WRITABLE_BY_OTHERS) === 0) return [];
  const mode = (found.mode & 0o777).toString(8);
  return [problem("home", `others may write to ${folder} (mode ${mode})`, `chmod 700 ${folder}`)];
}

/** Files that hold secrets are for their owner alone. */
function secrecyOf(file: string): Finding[] {
  const found = look(file);
  if (!found || (found.mode & OTHERS) === 0) return [];
  const mode = (found.mode & 0o777).toString(8);
  return [problem("home", `others may read ${file} (mode ${mode})`, `chmod 600 ${file}`)];
}

function spaceIn(home: string): Finding {
  const { bavail, bsize } = statfsSync(home);
  const free = bavail * bsize;
  const text = `${formatBytes(free)} free`;
  return free < FREE_BYTES_MIN
    ? problem("space", `only ${text} where ${home} is`, "make room, or set STIGMER_HOME elsewhere")
    : ok("space", text);
}

function formatBytes(bytes: number): string {
  const megabytes = bytes / 1024 / 1024;
  return megabytes < 1024 ? `${Math.round(megabytes)} MB` : `${(megabytes / 1024).toFixed(1)} GB`;
}

/** Programs that agents start from the home would fail in strange ways. Linux only: elsewhere mounts look different. */
function executionIn(home: string): Finding {
  const options = mountOptions(home);
  return options?.includes("noexec")
    ? problem(
        "execution",
        `nothing under ${home} may be executed (mounted noexec)`,
        "set STIGMER_HOME to a folder on another file system",
      )
    : ok("execution", "programs under the home may run");
}

/** The options of the mount that holds the path: of those whose place is a prefix, the longest. */
function mountOptions(path: string): string[] | undefined {
  const mounts = read("/proc/self/mounts")
    .split("\n")
    .map((line) => line.split(" "));
  const holding = mounts.filter(([, place = ""]) => isInside(path, place));
  const [nearest] = holding.toSorted(([, a = ""], [, b = ""]) => b.length - a.length);
  return nearest?.[3]?.split(",");
}

function isInside(path: string, folder: string): boolean {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}

function look(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
