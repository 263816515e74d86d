import { statSync } from "node:fs";
import { join } from "node:path";

import { StigmerError } from "../base/errors.ts";
import { LogLine } from "../base/log.ts";
import type { Paths } from "../base/paths.ts";
import { readRegularFile } from "../base/regular-file.ts";
import { type Complaint, complaintIn, printedComplaint } from "./complaint.ts";
import { asLogLine } from "./part-logs.ts";
import { START_FAILED } from "./server-state.ts";

const LAST_LINES = 12;

/** What the server's log gets from now on; earlier starts may have had other troubles. */
export interface StartLog {
  /** The server's own reason where it gave one, else `message` with what was logged last. */
  explain(message: string): StigmerError;
}

export function openStartLog(paths: Paths): StartLog {
  const path = join(paths.logs, "server.log");
  const before = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return {
    explain: (message) => {
      const lines = linesAfter(path, before);
      const reason = loggedReason(lines) ?? printedComplaint(lines);
      const where = `the whole log is in ${path}`;
      if (reason) {
        const hint = reason.hint === undefined ? where : `${reason.hint}; ${where}`;
        return new StigmerError("failed", reason.message, { hint });
      }
      const last = lines.slice(-LAST_LINES).map(toMessage);
      const issues = last.map((text) => ({ message: text, pointer: "" }));
      return new StigmerError("failed", message, { hint: where, issues });
    },
  };
}

function loggedReason(lines: readonly string[]): Complaint | undefined {
  const complaints = lines.flatMap((line) => complaintIn(line) ?? []);
  const reason = complaints.findLast(({ message }) => message.startsWith(START_FAILED));
  return reason && { ...reason, message: reason.message.slice(START_FAILED.length) };
}

function toMessage(line: string): string {
  const { level, message } = LogLine.parse(JSON.parse(asLogLine("server", line)));
  return `${level} ${message}`;
}

/** Everything, where the file has been begun anew since. */
function linesAfter(path: string, before: number): string[] {
  const bytes = readOrEmpty(path);
  const fresh = bytes.subarray(bytes.length < before ? 0 : before);
  return fresh
    .toString()
    .split("\n")
    .filter((line) => line.trim() !== "");
}

function readOrEmpty(path: string): Buffer {
  try {
    return readRegularFile(path);
  } catch {
    return Buffer.alloc(0);
  }
}
