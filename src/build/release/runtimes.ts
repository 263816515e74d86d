import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";

import { StigmerError } from "../../base/errors.ts";
import { sha256Hex } from "../../base/sha256.ts";
import { describeMachine } from "./machine.ts";
import { readFromTarball } from "./tarball.ts";
import { RUNTIME_VERSION, type Target, targets } from "./targets.ts";

/** Brings the `.tgz` of a package into a folder. */
export type FetchPackage = (specifier: string, folder: string) => string;

/**
 * The path of the Bun that goes into a file for this target. Each copy is checked at each use, the package when it comes
 * and the program inside it ever after; a wrong one is named and never used.
 */
export async function obtainRuntime(
  target: Target,
  folder: string,
  fetchPackage: FetchPackage = npmPack,
): Promise<string> {
  const { runtime } = target;
  const path = join(folder, `${basename(runtime.package)}-${RUNTIME_VERSION}`, "bun");
  if (!existsSync(path)) {
    if (isRuntime(process.execPath, target)) return process.execPath;
    await fetchRuntime(target, path, fetchPackage);
  }
  if (isRuntime(path, target)) return path;
  throw new StigmerError(
    "checksum_mismatch",
    `${path} is not the bun of ${runtime.package}@${RUNTIME_VERSION}: its sha256 is ` +
      `${sha256Hex(readFileSync(path))} and not ${runtime.sha256}`,
    { hint: "delete it, and the next build fetches it again" },
  );
}

/** The target that this machine runs: of the Bun that runs now, so that musl is told from glibc. */
export function hostTarget(): Target {
  const machine = describeMachine(process.execPath);
  const target = targets.find((candidate) => candidate.machine === machine);
  if (target) return target;
  throw new StigmerError("failed", `releases are not made for this machine (${machine})`);
}

/** Another version of Bun would bundle to other bytes, and no two builds could be compared. */
export function requireRuntimeVersion(): void {
  if (Bun.version === RUNTIME_VERSION) return;
  throw new StigmerError(
    "failed",
    `this is bun ${Bun.version}, and a release is made by ${RUNTIME_VERSION}`,
    { hint: "run it through make, which brings the right one" },
  );
}

function isRuntime(path: string, target: Target): boolean {
  if (!statSync(path).isFile()) {
    throw new StigmerError("conflict", `${path} is no file`, {
      hint: "delete it, and the next build fetches it again",
    });
  }
  return sha256Hex(readFileSync(path)) === target.runtime.sha256;
}

async function fetchRuntime(
  target: Target,
  path: string,
  fetchPackage: FetchPackage,
): Promise<void> {
  const { runtime } = target;
  const specifier = `${runtime.package}@${RUNTIME_VERSION}`;
  const parent = join(path, "../..");
  mkdirSync(parent, { recursive: true });
  const scratch = mkdtempSync(join(parent, ".fetch-"));
  try {
    const archive = fetchPackage(specifier, scratch);
    const integrity = integrityOf(archive);
    if (integrity !== runtime.integrity) {
      throw new StigmerError(
        "checksum_mismatch",
        `the registry's ${specifier} has the integrity ${integrity} and not ${runtime.integrity}`,
        { hint: "npm is set to a registry with another package of this name; see `npm config ls`" },
      );
    }
    const program = await readFromTarball(archive, "package/bin/bun");
    if (!program)
      throw new Error(`unreachable: ${specifier} of the right integrity has no bin/bun`);
    writeFileSync(join(scratch, "bun"), program);
    chmodSync(join(scratch, "bun"), 0o755);
    rmSync(archive);
    mkdirSync(join(path, ".."), { recursive: true });
    renameSync(join(scratch, "bun"), path);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function integrityOf(path: string): string {
  return `sha512-${Bun.CryptoHasher.hash("sha512", readFileSync(path), "base64")}`;
}

/** Asks the registry that the person's npm is set to. */
function npmPack(specifier: string, folder: string): string {
  const result = Bun.spawnSync(
    ["npm", "pack", "--silent", "--pack-destination", folder, specifier],
    { cwd: folder, stdout: "ignore", stderr: "pipe" },
  );
  const archive = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (result.success && archive) return join(folder, archive);
  throw new StigmerError("unavailable", `npm could not fetch ${specifier}`, {
    hint: result.stderr.toString().trim().split("\n").at(-1) || "see what `npm ping` says",
  });
}
