import { expect, test } from "bun:test";

import { createLog, logLevelOf, LogLine } from "./log.ts";

test("a message is one JSON line that its fields cannot falsify", () => {
  const lines: string[] = [];
  const log = createLog("server", (line) => lines.push(line));

  log.warn("disk is nearly full", { freeBytes: 12, part: "liar", cause: new Error("ENOSPC") });

  expect(lines).toHaveLength(1);
  expect(LogLine.parse(JSON.parse(lines[0] ?? ""))).toMatchObject({
    level: "warn",
    part: "server",
    message: "disk is nearly full",
    freeBytes: 12,
    cause: "ENOSPC",
  });
});

test("what is below the level is not written", () => {
  const lines: string[] = [];

  createLog("server", (line) => lines.push(line)).debug("noise");
  createLog("server", (line) => lines.push(line), "debug").debug("wanted");

  expect(lines).toHaveLength(1);
});

test.each([
  [{}, "info"],
  [{ STIGMER_DEBUG: "1" }, "debug"],
  [{ STIGMER_LOG_LEVEL: "WARN", STIGMER_DEBUG: "1" }, "warn"],
  [{ STIGMER_LOG_LEVEL: "loud" }, "info"],
] as const)("%p logs from %s on", (environment, level) => {
  expect(logLevelOf(environment)).toBe(level);
});
