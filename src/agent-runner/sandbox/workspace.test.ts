import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { defaultLimits } from "../limits.ts";
import { openWorkspace, removeOldWorkspaces } from "./workspace.ts";

const DAY_MS = 24 * 3_600_000;

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "stigmer-workspace-"));
});
afterEach(() => rmSync(home, { recursive: true }));

async function workspaceOf(runId: string, unusedDays: number): Promise<string> {
  const folder = await openWorkspace(home, runId);
  symlinkSync(join(home, "kept"), join(folder, "link"));
  const then = new Date(Date.now() - unusedDays * DAY_MS);
  utimesSync(folder, then, then);
  return folder;
}

test("what no tool has used for a week is removed, and nothing else", async () => {
  mkdirSync(join(home, "kept"));
  writeFileSync(join(home, "kept/a"), "a");
  const old = await workspaceOf("run_1", 8);
  const recent = await workspaceOf("run_2", 6);
  const usedAgain = await workspaceOf("run_3", 8);
  await openWorkspace(home, "run_3");

  const removed = await removeOldWorkspaces(home, defaultLimits.workspaceUnusedMs);

  expect(removed).toEqual(["run_1"]);
  expect([old, recent, usedAgain].map((folder) => existsSync(folder))).toEqual([false, true, true]);
  expect(existsSync(join(home, "kept/a"))).toBe(true);
});

test("a clock that is far ahead makes no workspace old", async () => {
  const folders = [await workspaceOf("run_1", 400), await workspaceOf("run_2", 401)];

  const removed = await removeOldWorkspaces(home, defaultLimits.workspaceUnusedMs);

  expect(removed).toEqual([]);
  expect(folders.every((folder) => existsSync(folder))).toBe(true);
});

test("without workspaces there is nothing to do", async () => {
  expect(await removeOldWorkspaces(home, 0)).toEqual([]);
});
