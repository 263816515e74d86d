import { appendFileSync, closeSync, constants, mkdirSync } from "node:fs";
import { join } from "node:path";

import { exitStatus, messageOf, StigmerError, systemCodeOf } from "../base/errors.ts";
import { formatLogLine } from "../base/log.ts";
import { findHome, pathsOf } from "../base/paths.ts";
import { openRegularFile } from "../base/regular-file.ts";
import { redactUrls } from "../release/download/source-url.ts";
import { processHost } from "../terminal/host.ts";
import { hasPrinted, OutputClosed, writeWhole } from "../terminal/output.ts";
import { plainJson } from "../terminal/plain-text.ts";
import { renderError } from "../terminal/render-error.ts";
import { wantsColor } from "../terminal/style.ts";

type Environment = Record<string, string | undefined>;

/**
 * Says on stderr what went wrong, with `--json` on stdout too, as the one document that was promised there. Returns the
 * exit status that tells it to programs.
 */
export function reportFailure(
  error: unknown,
  environment: Environment,
  words: readonly string[],
): number {
  if (error instanceof OutputClosed) return 0;
  const known =
    error instanceof StigmerError
      ? error
      : (explainSystemError(error) ?? explainDefect(error, environment));
  const color = wantsColor(processHost.stderr, environment);
  const debug = environment["STIGMER_DEBUG"] ? `${stackOf(error)}\n` : "";
  if (asksForJson(words) && !hasPrinted()) say(1, `${toErrorDocument(known)}\n`);
  say(2, `${renderError(known, { color })}\n${debug}`);
  return exitStatus[known.code];
}

/** Nobody may be left to hear it; the exit status still tells. */
function say(descriptor: 1 | 2, text: string): void {
  try {
    writeWhole(descriptor, text);
  } catch {
    // It is closed or full.
  }
}

/** `jq` reads its words itself, and what it prints is JSON without being asked. */
function asksForJson(words: readonly string[]): boolean {
  const end = words.findIndex((word) => word === "--" || word === "jq");
  const asked = (end === -1 ? words : words.slice(0, end)).findLast((word) =>
    /^--json(=|$)/.test(word),
  );
  return asked === "--json" || asked === "--json=true";
}

function toErrorDocument({ code, message, hint, issues }: StigmerError): string {
  const error = { code, message, hint, ...(issues.length > 0 && { issues }) };
  return plainJson(JSON.stringify({ error }, null, processHost.stdout.isTTY ? 2 : 0));
}

/** What the operating system refuses, and no defect of ours. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  EACCES: "permission is denied",
  EPERM: "it is not permitted",
  EROFS: "it is on a read-only disk",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a file is where a folder should be",
  EISDIR: "a folder is where a file should be",
  EEXIST: "something else is in its place",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "its name is too long",
  EMFILE: "too many files are open",
};

/** A path that the operating system refuses, as one sentence; undefined for anything else. */
function explainSystemError(error: unknown): StigmerError | undefined {
  const what = SYSTEM_ERRORS[systemCodeOf(error) ?? ""];
  if (!(error instanceof Error) || what === undefined || !("path" in error)) return undefined;
  return new StigmerError("failed", `${String(error.path)} can't be used: ${what}`, {
    hint: "mend it, or set STIGMER_HOME to a folder that you may write to",
    cause: error,
  });
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
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;
    const descriptor = openRegularFile(path, flags);
    appendFileSync(descriptor, `${line}\n`);
    closeSync(descriptor);
    return path;
  } catch {
    return undefined;
  }
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${stackOf(error.cause)}`;
  // The address of a redirect may carry a signature that lets anybody in.
  return `${redactUrls(error.stack ?? error.message)}${cause}`;
}
