import { z } from "zod";

import { LogLine } from "../base/log.ts";

/** What went wrong, in the words of the process that it happened to. */
export interface Complaint {
  readonly message: string;
  readonly hint?: string | undefined;
}

const Line = LogLine.extend({ hint: z.string().optional().catch(undefined) });

/** What a log line of level `error` says; undefined for any other line. */
export function complaintIn(line: string): Complaint | undefined {
  if (!line.startsWith("{") || !line.includes('"level":"error"')) return undefined;
  const read = Line.safeParse(parsed(line));
  return read.success ? { message: read.data.message, hint: read.data.hint } : undefined;
}

const PRINTED_ERROR = "error: ";
const PRINTED_HINT = "hint: ";

/** What a process printed that failed outside of its log, as commands do. */
export function printedComplaint(lines: readonly string[]): Complaint | undefined {
  const message = lines.findLast((line) => line.startsWith(PRINTED_ERROR));
  const hint = lines.findLast((line) => line.startsWith(PRINTED_HINT));
  return message === undefined
    ? undefined
    : { message: message.slice(PRINTED_ERROR.length), hint: hint?.slice(PRINTED_HINT.length) };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
