import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { exitStatus, messageOf, StigmerError } from "../base/errors.ts";
import { formatLogLine } from "../base/log.ts";
import { findHome, pathsOf } from "../base/paths.ts";
import { processHost } from "../terminal/host.ts";
import { OutputClosed, writeWhole } from "../terminal/output.ts";
import { renderError } from "../terminal/render-error.ts";
import { wantsColor } from "../terminal/style.ts";

type Environment = Record<string, string | undefined>;

/** Says on stderr what went wrong, and returns the exit status that tells it to programs. */
export function reportFailure(error: unknown, environment: Environment): number {
  if (error instanceof OutputClosed) return 0;
  const known = error instanceof StigmerError ? error : explainDefect(error, environment);
  const color = wantsColor(processHost.stderr, environment);
  const debug = environment["STIGMER_DEBUG"] ? `${stackOf(error)}\n` : "";
  say(`${renderError(known, { color })}\n${debug}`);
  return exitStatus[known.code];
}

/** Nobody may be left to hear it; the exit status still tells. */
function say(text: string): void {
  try {
    writeWhole(2, text);
  } catch {
    // Standard error is closed or full.
  }
}

/** A defect of ours: one sentence for the person, the rest for whoever mends it. */
function explainDefect(error: unknown, environment: Environment): StigmerError {
  const log = recordDefect(error, environment);
  const debug = "STIGMER_DEBUG=1 shows more";
  return new StigmerError("failed", `something went wrong inside stigmer: ${messageOf(error)}`, {
    hint: log ? `the details are in ${log}; ${debug}` : debug,
  });
}

/** Where it was written down; undefined when it could not be, which must not hide the error itself. */
function recordDefect(error: unknown, environment: Environment): string | undefined {
  try {
    const { logs } = pathsOf(findHome(environment));
    const path = join(logs, "cli.log");
    const head = { level: "error", part: "cli", message: messageOf(error) } as const;
    const line = formatLogLine(head, { stack: stackOf(error) });
    mkdirSync(logs, { recursive: true, mode: 0o700 });
    appendFileSync(path, `${line}\n`, { mode: 0o600 });
    return path;
  } catch {
    return undefined;
  }
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
