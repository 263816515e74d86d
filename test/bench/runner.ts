import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { pathsOf } from "../../src/base/paths.ts";
import { sha256Hex } from "../../src/base/sha256.ts";
import { ensureRunner } from "../../src/release/ensure-runner.ts";
import type { RunnerBuild } from "../../src/release/runner-file.ts";
import { smokeRun } from "../../src/release/smoke.ts";
import { type BenchRow, median } from "./bench-row.ts";

const file = resolve(import.meta.dir, "../../dist/agent-runner");
const ROUNDS = 15;

/** What it costs a start to check its agent-runner, and to put it into place. */
export async function benchRunner(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "stigmer-bench-"));
  try {
    const bytes = readFileSync(file);
    const embedded = { file, sha256: sha256Hex(bytes), size: bytes.length };
    return await measure(folder, { version: "dev", target: "bench", embedded });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(folder: string, build: RunnerBuild): Promise<BenchRow[]> {
  const paths = pathsOf(folder);
  const times = {
    install: [] as number[],
    check: [] as number[],
    glance: [] as number[],
    trial: [] as number[],
    copy: [] as number[],
  };
  for (let round = 0; round < ROUNDS; round++) {
    rmSync(paths.runners, { recursive: true, force: true });
    times.install.push(await timeMs(() => ensureRunner(paths, { build })));
    times.check.push(await timeMs(() => ensureRunner(paths, { build, thorough: true })));
    times.trial.push(await timeMs(() => smokeRun(file, build.version, folder)));
    times.copy.push(await timeMs(async () => copyAndHash(join(folder, "copy"))));
    // By now the file is old enough for its stamp to be noted.
    await ensureRunner(paths, { build });
    times.glance.push(await timeMs(() => ensureRunner(paths, { build })));
  }
  const checkMs = median(times.check);
  const trialMs = median(times.trial);
  const installMs = median(times.install) - trialMs;
  const ratio = installMs / median(times.copy);
  return [
    {
      name: "checking the agent-runner",
      value: checkMs,
      unit: "ms",
      budget: "under 5 ms",
      isWithinBudget: checkMs < 5,
    },
    {
      name: "the same by its stamp",
      value: median(times.glance),
      unit: "ms",
      budget: "under 5 ms",
      isWithinBudget: median(times.glance) < 5,
    },
    {
      name: "installing it, but for the trial",
      value: installMs,
      unit: "ms",
      ratio,
      against: "cp and sha256sum",
      budget: "at most 3x",
      isWithinBudget: ratio <= 3,
    },
    { name: "the trial (agent-runner --version)", value: trialMs, unit: "ms" },
  ];
}

function copyAndHash(to: string): void {
  Bun.spawnSync(["sh", "-c", 'cp "$1" "$2" && sha256sum "$2"', "sh", file, to]);
}

async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
