import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { dirname, join } from "node:path";

const MARKERS = [".stigmer-managed", "../share/stigmer/managed-by"];
const MARKER_BYTES_MAX = 1_000;
const UNPRINTABLE = /[^\u0020-\u007E\u00A0-\uFFFF]+/gu;

/** Who installed the program, and so who upgrades it. */
export interface PackageManager {
  readonly name: string;
  /** What a person runs to upgrade; undefined where the manager did not say. */
  readonly command: string | undefined;
}

/** Asked by the markers that packages of ours carry, then by the folders that managers are known for. */
export function findManager(path: string): PackageManager | undefined {
  for (const marker of MARKERS) {
    const file = join(dirname(path), marker);
    const text = readMarker(file);
    if (text === undefined) continue;
    const command = text.split("\n")[0]?.replaceAll(UNPRINTABLE, " ").trim();
    return { name: `the package manager that wrote ${file}`, command: command || undefined };
  }
  if (path.includes("/node_modules/")) {
    return { name: "npm", command: "npm install -g stigmer@latest" };
  }
  return path.includes("/Cellar/")
    ? { name: "Homebrew", command: "brew upgrade stigmer" }
    : undefined;
}

/** The text of a marker, however odd it is: that it is there is what counts. */
function readMarker(file: string): string | undefined {
  let descriptor;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    if (!fstatSync(descriptor).isFile()) return "";
    const bytes = Buffer.alloc(MARKER_BYTES_MAX);
    return bytes.toString("utf8", 0, readSync(descriptor, bytes));
  } finally {
    closeSync(descriptor);
  }
}
