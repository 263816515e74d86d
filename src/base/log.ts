import { z } from "zod";

import { messageOf } from "./errors.ts";
import type { JsonValue } from "./json.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const;
export const LogLevel = z.enum(LEVELS);
export type LogLevel = z.infer<typeof LogLevel>;

/** One line of a log file. Fields beyond these four are kept. */
export const LogLine = z.looseObject({
  time: z.iso.datetime({ offset: true }),
  level: LogLevel,
  part: z.string(),
  message: z.string(),
});
export type LogLine = z.infer<typeof LogLine>;

/** What a message can carry. An error is written as its message; `undefined` is left out. */
export type LogFields = Readonly<Record<string, JsonValue | Error | undefined>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A log that hands one JSON line, without its newline, to `write` for each message at `levelMin` or above. */
export function createLog(
  part: string,
  write: (line: string) => void,
  levelMin: LogLevel = "info",
): Log {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(levelMin)) return;
    write(formatLogLine({ level, part, message }, fields));
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** Fields come last and never hide the four that every line has. */
export function formatLogLine(head: Omit<LogLine, "time">, fields: LogFields = {}): string {
  const line = { time: new Date().toISOString(), ...head };
  return JSON.stringify({ ...line, ...plain(fields), ...line });
}

/** `STIGMER_LOG_LEVEL`, else `debug` when STIGMER_DEBUG is set, else `info`. */
export function logLevelOf(environment: Record<string, string | undefined>): LogLevel {
  const chosen = LogLevel.safeParse(environment["STIGMER_LOG_LEVEL"]?.toLowerCase());
  if (chosen.success) return chosen.data;
  return environment["STIGMER_DEBUG"] ? "debug" : "info";
}

function plain(fields: LogFields): Record<string, JsonValue | undefined> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Error ? messageOf(value) : value,
    ]),
  );
}
