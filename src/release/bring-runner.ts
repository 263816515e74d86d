import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { writeDurably } from "../base/durable-file.ts";
import { messageOf, StigmerError } from "../base/errors.ts";
import type { Paths } from "../base/paths.ts";
import { sha256Hex } from "../base/sha256.ts";
import { chooseRunner } from "./choose-runner.ts";
import { readDownloadLimits } from "./download-limits.ts";
import { downloadFile } from "./download/download.ts";
import type { DownloadProgress } from "./download/request.ts";
import { ensureRunner } from "./ensure-runner.ts";
import { type InstallOptions, underInstallLock } from "./install-lock.ts";
import { installRunner } from "./install.ts";
import { judgeFile } from "./judge.ts";
import { folderNameOf, runnerPath, scratchPath } from "./layout.ts";
import { readCopy } from "./read-copy.ts";
import { recognizeOther } from "./recognize.ts";
import { expectationOf, type RunnerBuild, type RunnerFile } from "./runner-file.ts";
import { askVersion } from "./smoke.ts";
import { tellTenths } from "./tell-tenths.ts";

export interface BringOptions extends InstallOptions {
  readonly build: RunnerBuild;
  /** The digest of a file that this build does not know, said by a person who trusts it. */
  readonly allowedSha256?: string | undefined;
  /** How far a download is. */
  readonly onDownload?: (progress: DownloadProgress) => void;
}

/**
 * Installs a file that a person brought. The runner of this build needs no more than its digest; any other is taken
 * only with the digest said beside it, and then it is a choice that each start mentions.
 */
export async function bringRunner(
  paths: Paths,
  bytes: Uint8Array,
  options: BringOptions,
): Promise<RunnerFile> {
  const { build, allowedSha256 } = options;
  const expected = expectationOf(build);
  const sha256 = sha256Hex(bytes);
  requireScript(bytes);
  if (sha256 === expected.sha256) {
    const { target } = build;
    const path = runnerPath(paths, folderNameOf(expected));
    await underInstallLock(paths, options, async () => {
      if (judgeFile(path, expected, { thorough: true }).verdict === "good") return;
      await installRunner(paths, { ...expected, bytes, source: "file", target });
    });
    return ensureRunner(paths, { ...options, becomesCurrent: true });
  }
  if (sha256 !== allowedSha256?.toLowerCase()) throw unknownFile(sha256, expected.sha256);
  const version = await versionOf(paths, bytes, options);
  const choice = { bytes, version, target: build.target, source: "file" } as const;
  return chooseRunner(paths, choice, options);
}

async function versionOf(
  paths: Paths,
  bytes: Uint8Array,
  options: InstallOptions,
): Promise<string> {
  const answer = await underInstallLock(paths, options, async () => {
    const scratch = scratchPath(paths);
    try {
      mkdirSync(scratch, { mode: 0o700 });
      writeDurably(join(scratch, "agent-runner"), bytes, 0o755);
      return await askVersion(join(scratch, "agent-runner"), scratch);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
  if ("version" in answer) return answer.version;
  throw new StigmerError("invalid_input", `the file is no agent-runner: ${answer.trouble}`, {
    hint: "nothing was changed",
  });
}

/** Whoever vouches for a digest may have taken the wrong file all the same: it is not even tried. */
function requireScript(bytes: Uint8Array): void {
  const other = recognizeOther(bytes);
  if (other === undefined) return;
  throw new StigmerError("invalid_input", `the file is ${other}, not an agent-runner`, {
    hint: "name the file agent-runner-<version>-<os>-<arch> of a release; nothing was changed",
  });
}

function unknownFile(sha256: string, expected: string): StigmerError {
  return new StigmerError(
    "checksum_mismatch",
    `the file has SHA-256 ${sha256}, and this build knows only ${expected}`,
    { hint: `if you trust the file, say so: --allow-digest ${sha256}` },
  );
}

/** The bytes of a file, or of an address, where only the runner of this build can be told from any other. */
export async function readBrought(
  paths: Paths,
  place: string,
  { build, environment = process.env, onProgress = () => {}, onDownload }: BringOptions,
): Promise<Uint8Array> {
  if (!/^(?:https?|file):/.test(place)) return readLocal(place);
  const file = await downloadFile({
    url: place,
    sha256: build.embedded.sha256,
    sizeBytes: build.embedded.size,
    folder: paths.downloads,
    environment,
    limits: readDownloadLimits(environment),
    onNotice: onProgress,
    onProgress: onDownload ?? tellTenths(onProgress),
  });
  return readFileSync(file);
}

function readLocal(file: string): Uint8Array {
  try {
    return readCopy(file);
  } catch (cause) {
    if (cause instanceof StigmerError) throw cause;
    throw new StigmerError("not_found", `${file} cannot be read: ${messageOf(cause)}`, {
      hint: "name a file that `stigmer runner export` wrote, or one of a release",
      cause,
    });
  }
}
