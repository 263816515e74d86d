import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { StigmerError } from "../../src/base/errors.ts";
import { keepLoopbackDirect } from "../../src/base/process-environment.ts";
import { sha256Hex } from "../../src/base/sha256.ts";
import type { DownloadRequest } from "../../src/release/download/request.ts";
import { releaseFiles } from "./release-files.ts";

// As each program of ours does first; the machine of whoever runs the tests may have a proxy.
keepLoopbackDirect(process.env);

export const VERSION = "v1.2.3";
export const ASSET = `agent-runner-${VERSION}-linux-amd64`;

/** Bytes that look like nothing in particular, so that a shifted or repeated part shows. */
export const bytes: Uint8Array = (() => {
  const made = new Uint8Array(300_007);
  let state = 42;
  for (let index = 0; index < made.length; index += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    made[index] = state >> 16;
  }
  made.set(Buffer.from("#!/usr/bin/env stigmer\n"));
  return made;
})();
export const sha256 = sha256Hex(bytes);
export const files = releaseFiles(VERSION, { [ASSET]: bytes });
export const assetUrl = (base: string): string => `${base}/${VERSION}/${ASSET}`;

export interface Workplace {
  readonly root: string;
  /** The folder of the downloads, and the paths in it. */
  readonly folder: string;
  readonly done: string;
  readonly part: string;
  readonly sidecar: string;
  readonly bad: string;
  /** Waits that were asked for, none of which was waited for. */
  readonly waits: number[];
  request(url: string, more?: Partial<DownloadRequest>): DownloadRequest;
  remove(): void;
}

export function createWorkplace(): Workplace {
  const root = mkdtempSync(join(tmpdir(), "stigmer-download-"));
  const folder = join(root, "cache", "downloads");
  mkdirSync(folder, { recursive: true });
  const waits: number[] = [];
  return {
    root,
    folder,
    done: join(folder, sha256),
    part: join(folder, `${sha256}.part`),
    sidecar: join(folder, `${sha256}.json`),
    bad: join(folder, `${sha256}.bad`),
    waits,
    request: (url, more = {}) => ({
      url,
      sha256,
      sizeBytes: bytes.length,
      folder,
      environment: {},
      random: () => 0,
      sleep: async (durationMs) => void waits.push(durationMs),
      ...more,
    }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** The error that a download ends with. */
export async function failureOf(promise: Promise<string>): Promise<StigmerError> {
  const end = await promise.catch((reason: unknown) => reason);
  if (end instanceof StigmerError) return end;
  throw new Error(`no sentence for a person: ${String(end)}`);
}
