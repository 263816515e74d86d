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

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
