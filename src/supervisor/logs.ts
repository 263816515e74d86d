import { readdirSync } from "node:fs";
import { join } from "node:path";

import { StigmerError } from "../base/errors.ts";
import { LogLine } from "../base/log.ts";
import type { Paths } from "../base/paths.ts";
import { readRegularFile } from "../base/regular-file.ts";
import { logFilesOf } from "./log-file.ts";
import { LogTail } from "./log-tail.ts";
import { asLogLine } from "./part-logs.ts";

const POLL_MS = 200;

/** The last `lines` lines of one part, or of all merged by time. Needs no server. */
export function readLogs(paths: Paths, options: { lines: number; part?: string }): LogLine[] {
  const logs = partsIn(paths, options.part).map((part) => linesOfPart(paths, part));
  return lastOf(inOrder(logs), options.lines);
}

/** The last `lines` lines, then each new one, until the signal. Goes on when files are rotated or servers restart. */
export async function* followLogs(
  paths: Paths,
  options: { lines: number; part?: string; signal: AbortSignal },
): AsyncIterable<LogLine> {
  const tails = new Map<string, LogTail>();
  const fresh = (before = new Map<string, LogLine[]>()): LogLine[][] =>
    partsIn(paths, options.part).map((part) => {
      const tail = tails.get(part) ?? new LogTail(pathOf(paths, part));
      tails.set(part, tail);
      const lines = tail.read().map((line) => parseLine(part, line));
      return (before.get(part) ?? []).concat(lines);
    });
  // The tails begin with what the present files hold; only the rotated ones are read apart.
  const rotated = partsIn(paths, options.part).map(
    (part) => [part, linesOfPart(paths, part, "rotated")] as const,
  );
  const before = inOrder(fresh(new Map(rotated)));
  yield* lastOf(before, options.lines);
  while (!options.signal.aborted) {
    yield* inOrder(fresh());
    await Bun.sleep(POLL_MS);
  }
  for (const tail of tails.values()) tail.close();
}

/** The names of the parts that have a log. */
export function partsWithLogs(paths: Paths): string[] {
  try {
    return readdirSync(paths.logs)
      .filter((name) => name.endsWith(".log"))
      .map((name) => name.slice(0, -".log".length))
      .toSorted();
  } catch {
    return [];
  }
}

function partsIn(paths: Paths, part: string | undefined): string[] {
  return part === undefined ? partsWithLogs(paths) : [part];
}

function linesOfPart(paths: Paths, part: string, which: "all" | "rotated" = "all"): LogLine[] {
  const files = logFilesOf(pathOf(paths, part));
  return (which === "all" ? files : files.slice(0, -1)).flatMap((file) =>
    readOrEmpty(file)
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => parseLine(part, line)),
  );
}

function parseLine(part: string, line: string): LogLine {
  return LogLine.parse(JSON.parse(asLogLine(part, line)));
}

/**
 * The lines of several logs by time. Those of one log stay in their order also where the clock was set back: a line counts
 * as no newer than the one after it.
 */
function inOrder(logs: readonly LogLine[][]): LogLine[] {
  const timed = logs.flatMap((lines) => {
    let earliest = "~";
    return lines
      .toReversed()
      .map((line) => {
        if (line.time < earliest) earliest = line.time;
        return { line, time: earliest };
      })
      .toReversed();
  });
  return timed
    .toSorted((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time)))
    .map(({ line }) => line);
}

function lastOf(lines: LogLine[], count: number): LogLine[] {
  return lines.slice(Math.max(0, lines.length - count));
}

function pathOf(paths: Paths, part: string): string {
  return join(paths.logs, `${part}.log`);
}

/** A log that can't be read has no lines; one that is no file at all is an error. */
function readOrEmpty(path: string): string {
  try {
    return readRegularFile(path).toString();
  } catch (error) {
    if (error instanceof StigmerError) throw error;
    return "";
  }
}
