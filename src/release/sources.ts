import { messageOf, StigmerError } from "../base/errors.ts";
import type { Paths } from "../base/paths.ts";
import { sha256Hex } from "../base/sha256.ts";
import type { DownloadProgress } from "./download/request.ts";
import { recognizeOther } from "./recognize.ts";
import type { RunnerBuild, RunnerExpectation, RunnerSource } from "./runner-file.ts";
import { bundleCopy } from "./sources/bundle-copy.ts";
import { cachedCopy } from "./sources/cached-copy.ts";
import { embeddedCopy } from "./sources/embedded-copy.ts";
import { releasedCopy } from "./sources/released-copy.ts";

/** A place where a good copy may be. */
export interface Source {
  readonly name: RunnerSource;
  /** Undefined when this place does not apply. Throws when it applies and has no good copy. */
  read(request: SourceRequest): Promise<Uint8Array | undefined>;
}

export interface SourceRequest {
  readonly build: RunnerBuild;
  readonly paths: Paths;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onProgress: (message: string) => void;
  readonly onDownload?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

/** Asked in this order, until one gives the right bytes. */
const sources: readonly Source[] = [embeddedCopy, bundleCopy, cachedCopy, releasedCopy];

/** The first copy with the right size and digest. */
export async function findCopy(
  request: SourceRequest,
  expected: RunnerExpectation,
): Promise<{ bytes: Uint8Array; source: RunnerSource }> {
  const reasons: string[] = [];
  const untold: string[] = [];
  // What is wrong with one place is told once another has something to say; if none has, it is in the error.
  const onProgress = (message: string): void =>
    [...untold.splice(0), message].forEach(request.onProgress);
  for (const source of sources) {
    request.signal?.throwIfAborted();
    try {
      const bytes = await source.read({ ...request, onProgress });
      if (!bytes) continue;
      requireExpected(bytes, expected);
      untold.forEach(request.onProgress);
      return { bytes, source: source.name };
    } catch (error) {
      const said = [messageOf(error), ...adviceOf(error)];
      untold.push(`${source.name}: ${said.join("; ")}`);
      // An error shows each of its issues in a line of limited length.
      reasons.push(...said.map((words) => `${source.name}: ${words}`));
    }
  }
  throw new StigmerError("failed", `no good copy of agent-runner ${expected.version} was found`, {
    hint: "install stigmer again, or bring the file: stigmer runner install --from FILE",
    issues: reasons.map((message) => ({ message, pointer: "" })),
  });
}

function adviceOf(error: unknown): string[] {
  return error instanceof StigmerError && error.hint !== undefined ? [error.hint] : [];
}

function requireExpected(bytes: Uint8Array, expected: RunnerExpectation): void {
  const actual = sha256Hex(bytes);
  if (actual === expected.sha256) return;
  const other = recognizeOther(bytes);
  throw new StigmerError(
    "checksum_mismatch",
    `${other === undefined ? "" : `is ${other}, not an agent-runner: `}has SHA-256 ${actual} (${bytes.length} bytes) instead of ${expected.sha256} (${expected.size} bytes)`,
  );
}
