import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { createLog, formatLogLine, type Log, logLevelOf, LogLine } from "../base/log.ts";
import type { Paths } from "../base/paths.ts";
import { type LogFile, openLogFile } from "./log-file.ts";

/** The log files that the server writes: its own, and one for each part from what the part says. */
export interface PartLogs {
  readonly server: Log;
  /** Takes a line of a part's standard output or error. */
  readonly write: (part: string, line: string) => void;
  /** Makes the log of a part ready before there is anything to write: throws where something else lies in its place. */
  readonly open: (part: string) => void;
  close(): void;
}

/** `echo` also gets each of the server's own lines: a terminal, or the journal of a service manager. */
export function openPartLogs(paths: Paths, echo?: (line: string) => void): PartLogs {
  mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
  const files = new Map<string, LogFile>();
  const fileOf = (part: string): LogFile => {
    const opened = files.get(part) ?? openLogFile(join(paths.logs, `${part}.log`));
    files.set(part, opened);
    return opened;
  };
  const toServer = (line: string): void => {
    fileOf("server").write(line);
    echo?.(line);
  };
  return {
    server: createLog("server", toServer, logLevelOf(process.env)),
    write: (part, line) => fileOf(part).write(asLogLine(part, line)),
    open: (part) => void fileOf(part),
    close: () => {
      for (const file of files.values()) file.close();
      files.clear();
    },
  };
}

/** What a program prints beside its log, such as a crash report, becomes a line of the same form. */
export function asLogLine(part: string, line: string): string {
  if (line.startsWith("{") && LogLine.safeParse(parsed(line)).success) return line;
  return formatLogLine({ level: "info", part, message: line });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
