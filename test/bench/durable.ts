import { Database } from "bun:sqlite";
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createLog } from "../../src/base/log.ts";
import type { Backend } from "../../src/durable/backend.ts";
import type { Decision, Program } from "../../src/durable/program.ts";
import { openSqliteBackend } from "../../src/durable/sqlite/backend.ts";
import { type BenchRow, median, renderRows } from "./bench-row.ts";

/** What one step gives back, and what one raw row holds. */
const RESULT = { text: "x".repeat(180) };
const STEPS_PER_RUN = 10;
/** Each measurement is taken this often, raw and engine by turns, so that a busy moment of the machine meets both. */
const ROUNDS = 5;

/** How much the durable engine costs over what the disk and SQLite cost by themselves. */
export async function benchDurable(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "stigmer-bench-"));
  try {
    return [
      await throughputRow(folder, { runs: 100, rounds: 30 }),
      await throughputRow(folder, { runs: 1, rounds: 100 }),
      await latencyRow(folder),
      await lengthRow(),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Load {
  /** Runs at a time. */
  readonly runs: number;
  /** How many times so many. */
  readonly rounds: number;
}

/** Steps per second beside rows per second of the plainest loop that writes as many rows in a transaction. */
async function throughputRow(folder: string, load: Load): Promise<BenchRow> {
  const raw: number[] = [];
  const engine: number[] = [];
  // Both are measured as they are after a while, not while their code is being compiled.
  await rawRowsPerSecond(join(folder, `raw-${load.runs}.db`), load);
  await stepsPerSecond(join(folder, `engine-${load.runs}.db`), load);
  for (let round = 0; round < ROUNDS; round += 1) {
    raw.push(await rawRowsPerSecond(join(folder, `raw-${load.runs}-${round}.db`), load));
    engine.push(await stepsPerSecond(join(folder, `engine-${load.runs}-${round}.db`), load));
  }
  const ratio = median(engine) / median(raw);
  return {
    name: `journaled steps, ${load.runs} at a time`,
    value: median(engine),
    unit: "steps/s",
    against: `raw group commit (${Math.round(median(raw)).toLocaleString("en-US")}/s)`,
    ratio,
    budget: "at least 0.5x",
    isWithinBudget: ratio >= 0.5,
  };
}

async function rawRowsPerSecond(path: string, { runs, rounds }: Load): Promise<number> {
  const database = new Database(path, { create: true, strict: true });
  for (const pragma of ["locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"]) {
    database.run(`PRAGMA ${pragma}`);
  }
  database.run(
    "CREATE TABLE event (run INTEGER, sequence INTEGER, body TEXT, PRIMARY KEY (run, sequence))",
  );
  const insert = database.query("INSERT INTO event (run, sequence, body) VALUES (?, ?, ?)");
  const body = JSON.stringify(RESULT);
  const startedMs = performance.now();
  for (let step = 0; step < rounds * STEPS_PER_RUN; step += 1) {
    database.run("BEGIN");
    for (let run = 0; run < runs; run += 1) insert.run(run, step, body);
    database.run("COMMIT");
    await new Promise(setImmediate);
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  database.close();
  return (runs * rounds * STEPS_PER_RUN) / seconds;
}

async function stepsPerSecond(path: string, { runs, rounds }: Load): Promise<number> {
  const { backend, stop } = await open(path);
  const startedMs = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    const runIds = Array.from({ length: runs }, (_, index) => `run_${round}_${index}`);
    await Promise.all(runIds.map((runId) => runToEnd(backend, runId, STEPS_PER_RUN)));
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  await stop();
  return (runs * rounds * STEPS_PER_RUN) / seconds;
}

/** One run of ten steps, from being asked for to its end, beside ten times the wait for the disk. */
async function latencyRow(folder: string): Promise<BenchRow> {
  const { backend, stop } = await open(join(folder, "latency.db"));
  const runMs: number[] = [];
  const syncMs: number[] = [];
  for (let round = 0; round < 60; round += 1) {
    syncMs.push(timeSyncsMs(join(folder, "sync"), STEPS_PER_RUN));
    const startedMs = performance.now();
    await runToEnd(backend, `run_${round}`, STEPS_PER_RUN);
    runMs.push(performance.now() - startedMs);
  }
  await stop();
  const ratio = median(runMs) / median(syncMs);
  return {
    name: "one run of ten steps",
    value: median(runMs),
    unit: "ms",
    against: `ten fsyncs (${median(syncMs).toFixed(2)} ms)`,
    ratio,
    budget: "under 3x",
    isWithinBudget: ratio < 3,
  };
}

/** Appends a page and waits for the disk, as a commit must. */
function timeSyncsMs(path: string, count: number): number {
  const file = openSync(path, "a");
  const page = Buffer.alloc(4_096, 1);
  const startedMs = performance.now();
  for (let index = 0; index < count; index += 1) {
    writeSync(file, page);
    fdatasyncSync(file);
  }
  const tookMs = performance.now() - startedMs;
  closeSync(file);
  return tookMs;
}

/**
 * The cost of a step near the end of a long run beside that near its beginning: in memory, so that only we cost, and in
 * processor time, as the two are not measured at the same moment.
 */
async function lengthRow(): Promise<BenchRow> {
  const first: number[] = [];
  const last: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const stepsUs: number[] = [];
    const { backend, stop } = await open(":memory:", () => stepsUs.push(process.cpuUsage().user));
    await runToEnd(backend, "run_long", 10_000);
    await stop();
    first.push(meanStepUs(stepsUs, 10, 1_010));
    last.push(meanStepUs(stepsUs, 8_999, 9_999));
  }
  const ratio = median(last) / median(first);
  return {
    name: "a step at 10,000",
    value: median(last),
    unit: "µs",
    against: `a step at 10 (${median(first).toFixed(1)} µs)`,
    ratio,
    budget: "at most 1.5x",
    isWithinBudget: ratio <= 1.5,
  };
}

function meanStepUs(stepsUs: readonly number[], from: number, to: number): number {
  return ((stepsUs[to] ?? 0) - (stepsUs[from] ?? 0)) / (to - from);
}

async function open(path: string, onStep: () => void = () => undefined) {
  const backend = openSqliteBackend({
    path,
    programs: { steps: stepsProgram },
    activities: () => async () => {
      onStep();
      return RESULT;
    },
    log: createLog("bench", (line) => console.error(line)),
  });
  await backend.start();
  return { backend, stop: () => backend.stop() };
}

/** So many activities, one after the other, without notes: one event a step. */
const stepsProgram: Program = {
  name: "steps",
  open: ({ definition, runId }) => {
    let next = 0;
    const decide = (): Decision => {
      if (next === Number(definition)) {
        ended.get(runId)?.();
        const end = { status: "completed", output: next } as const;
        return { commands: [], abandoned: [], notes: [], end };
      }
      const id = `/do/${next}`;
      next += 1;
      const command = { kind: "activity", id, name: "work", input: null } as const;
      return { commands: [command], abandoned: [], notes: [] };
    };
    return { begin: decide, take: decide };
  },
};

/** Who waits for a run's last decision: a reader of the journal would be measured too. */
const ended = new Map<string, () => void>();

async function runToEnd(backend: Backend, runId: string, steps: number): Promise<void> {
  const decided = new Promise<void>((resolve) => ended.set(runId, resolve));
  const subject = { kind: "Workflow", name: "bench" } as const;
  await backend.run({ runId, program: "steps", subject, definition: steps, input: null });
  await decided;
  // The end is decided before it is on the disk.
  while ((await backend.describe(runId))?.status === "running") await new Promise(setImmediate);
  ended.delete(runId);
}

if (import.meta.main) console.log(renderRows(await benchDurable()));
