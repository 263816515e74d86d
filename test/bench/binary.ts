import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { z } from "zod";

import { type BenchRow, median } from "./bench-row.ts";

const stigmer = resolve(import.meta.dir, "../../dist/stigmer");
const ROUNDS = 40;
const Status = z.object({ pid: z.int(), parts: z.array(z.object({ pid: z.int() })) });

/** What the file costs: its size, `version` beside a compiled hello-world, start to ready, memory at rest. */
export async function benchBinary(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "stigmer-bench-"));
  try {
    const hello = await compileHello(folder);
    return [
      await sizeRow(hello),
      await versionRow(hello),
      ...(await serverRows(join(folder, "home"))),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compileHello(folder: string): Promise<string> {
  const source = join(folder, "hello.ts");
  const file = join(folder, "hello");
  await Bun.write(source, 'console.log("hello");\n');
  const built = Bun.spawnSync([
    process.execPath,
    "build",
    "--compile",
    "--minify",
    source,
    "--outfile",
    file,
  ]);
  if (!built.success) throw new Error(built.stderr.toString());
  return file;
}

async function sizeRow(hello: string): Promise<BenchRow> {
  const helloBytes = (await stat(hello)).size;
  const extraMb = ((await stat(stigmer)).size - helloBytes) / 1e6;
  return {
    name: "binary over a compiled hello-world",
    value: extraMb,
    unit: "MB",
    ratio: 1 + (extraMb * 1e6) / helloBytes,
    against: "hello-world",
    budget: "at most 12 MB",
    isWithinBudget: extraMb <= 12,
  };
}

async function versionRow(hello: string): Promise<BenchRow> {
  const helloMs: number[] = [];
  const versionMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    helloMs.push(timeMs(() => Bun.spawnSync([hello])));
    versionMs.push(timeMs(() => Bun.spawnSync([stigmer, "version"])));
  }
  const ratio = median(versionMs) / median(helloMs);
  return {
    name: "stigmer version",
    value: median(versionMs),
    unit: "ms",
    ratio,
    against: "hello-world",
    budget: "at most 2x",
    isWithinBudget: ratio <= 2,
  };
}

async function serverRows(home: string): Promise<BenchRow[]> {
  const environment = { ...process.env, STIGMER_HOME: home };
  const call = (...args: string[]) => Bun.spawnSync([stigmer, ...args], { env: environment });
  const coldMs = timeMs(() => call("server", "--port", "0"));
  const status = Status.parse(JSON.parse(call("server", "status", "--json").stdout.toString()));
  await Bun.sleep(2_000);
  const pids = [status.pid, ...status.parts.map(({ pid }) => pid)];
  const memoryMb = (await Promise.all(pids.map(proportionalMb))).reduce((a, b) => a + b, 0);
  call("server", "stop");
  const warmMs = timeMs(() => call("server", "--port", "0"));
  call("server", "stop");
  return [
    {
      name: "start to ready, empty home",
      value: coldMs,
      unit: "ms",
      budget: "under 500 ms",
      isWithinBudget: coldMs < 500,
    },
    { name: "start to ready, again", value: warmMs, unit: "ms" },
    {
      name: "three processes at rest (PSS)",
      value: memoryMb,
      unit: "MB",
      budget: "under 100 MB",
      isWithinBudget: memoryMb < 100,
    },
  ];
}

/** Proportional set size: pages that the processes share are counted once. Linux only; NaN elsewhere. */
async function proportionalMb(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? Number.NaN) / 1024;
}

function timeMs(work: () => unknown): number {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}
