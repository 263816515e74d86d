import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pathsOf } from "../base/paths.ts";
import { openLogFile } from "./log-file.ts";
import { followLogs, readLogs } from "./logs.ts";
import { openPartLogs } from "./part-logs.ts";

let paths = pathsOf("/nowhere");
beforeEach(() => {
  paths = pathsOf(mkdtempSync(join(tmpdir(), "stigmer-logs-")));
  mkdirSync(paths.logs);
});
afterEach(() => rmSync(paths.home, { recursive: true }));

const line = (time: string, part: string, message: string) =>
  JSON.stringify({ time, level: "info", part, message });

test("lines of all parts are merged by time", () => {
  const logs = openPartLogs(paths);
  logs.write("a", line("2026-01-01T00:00:01.000Z", "a", "first"));
  logs.write("a", line("2026-01-01T00:00:03.000Z", "a", "third"));
  logs.write("b", line("2026-01-01T00:00:02.000Z", "b", "second"));
  logs.close();

  const messages = (options: { lines: number; part?: string }) =>
    readLogs(paths, options).map((entry) => entry.message);

  expect(messages({ lines: 50 })).toEqual(["first", "second", "third"]);
  expect(messages({ lines: 2 })).toEqual(["second", "third"]);
  expect(messages({ lines: 0 })).toEqual([]);
  expect(messages({ lines: 50, part: "a" })).toEqual(["first", "third"]);
  expect(messages({ lines: 50, part: "none" })).toEqual([]);
});

test("a clock that was set back hides no line that came after", () => {
  const logs = openPartLogs(paths);
  logs.write("a", line("2027-01-01T00:00:01.000Z", "a", "a year ahead"));
  logs.write("a", line("2026-01-01T00:00:02.000Z", "a", "set back"));
  logs.write("b", line("2026-01-01T00:00:03.000Z", "b", "later"));
  logs.write("a", line("2026-01-01T00:00:04.000Z", "a", "latest"));
  logs.close();

  const messages = readLogs(paths, { lines: 50 }).map((entry) => entry.message);

  expect(messages).toEqual(["a year ahead", "set back", "later", "latest"]);
});

test("what is not a log line becomes one", () => {
  const logs = openPartLogs(paths);
  logs.write("part", "panic: ünexpected");
  logs.write("part", '{"half": "a line"}');
  logs.close();

  expect(readLogs(paths, { lines: 2 })).toMatchObject([
    { level: "info", part: "part", message: "panic: ünexpected" },
    { level: "info", part: "part", message: '{"half": "a line"}' },
  ]);
});

test("a log stays within its files and keeps the newest lines", () => {
  const path = join(paths.logs, "part.log");
  const file = openLogFile(path, { sizeBytesMax: 1_000, filesMax: 3 });

  for (let number = 0; number < 200; number += 1) {
    file.write(line("2026-01-01T00:00:00.000Z", "part", `message ${number}`));
  }
  file.close();

  expect(readdirSync(paths.logs).toSorted()).toEqual(["part.log", "part.log.1", "part.log.2"]);
  for (const name of readdirSync(paths.logs)) {
    expect(statSync(join(paths.logs, name)).size).toBeLessThanOrEqual(1_000);
  }
  const kept = readLogs(paths, { lines: 1_000 }).map((entry) => entry.message);
  expect(kept.at(-1)).toBe("message 199");
  expect(kept).toEqual(kept.toSorted((a, b) => Number(a.slice(8)) - Number(b.slice(8))));
});

test("following goes on through a rotation and finds new parts", async () => {
  const file = openLogFile(join(paths.logs, "a.log"), { sizeBytesMax: 300, filesMax: 3 });
  file.write(line("2026-01-01T00:00:00.000Z", "a", "zero"));
  file.write(line("2026-01-01T00:00:00.000Z", "a", "one"));
  const stop = new AbortController();
  const seen: string[] = [];

  for await (const entry of followLogs(paths, { lines: 1, signal: stop.signal })) {
    seen.push(entry.message);
    if (entry.message === "one") {
      for (const word of ["two", "three", "four"]) {
        file.write(line("2026-01-01T00:00:01.000Z", "a", word));
      }
      expect(readdirSync(paths.logs)).toContain("a.log.1");
    }
    if (entry.message === "four") {
      writeFileSync(
        join(paths.logs, "b.log"),
        `${line("2026-01-01T00:00:02.000Z", "b", "five")}\n`,
      );
    }
    if (entry.message === "five") stop.abort();
  }

  expect(seen).toEqual(["one", "two", "three", "four", "five"]);
});

test("a log that can't be begun anew goes on in the old file, and in no other", () => {
  const path = join(paths.logs, "a.log");
  const log = openLogFile(path, { sizeBytesMax: 20, filesMax: 2 });
  log.write("as long as it may be");
  rmSync(paths.logs, { recursive: true });
  log.write("more");
  const other = join(paths.home, "other");
  const opened = openSync(other, "w");

  log.write("more still");
  log.close();
  writeSync(opened, "its own");
  closeSync(opened);

  expect(readFileSync(other, "utf8")).toBe("its own");
});

test("a pipe in the place of a log is named by who writes and by who reads", async () => {
  const path = join(paths.logs, "part.log");
  Bun.spawnSync(["mkfifo", path]);
  const logs = openPartLogs(paths);
  const wanted = { lines: 5, signal: AbortSignal.abort() };
  const sentence = `${path} is a pipe, not a file`;

  expect(() => logs.open("part")).toThrow(sentence);
  expect(() => readLogs(paths, { lines: 5 })).toThrow(sentence);
  expect(Array.fromAsync(followLogs(paths, wanted))).rejects.toThrow(sentence);
  logs.close();
});
