import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const dist = resolve(import.meta.dir, "../../dist");

/** The binary that people get; what is true of the sources alone proves nothing about it. */
export const binary = requireBuilt(join(dist, "stigmer"));
/** The same, but it dies at the checkpoint that STIGMER_TEST_CHECKPOINT names. */
export const testBinary = requireBuilt(join(dist, "test/stigmer"));

/** Two releases, as users upgrade from one to the other. */
export const releases = {
  old: release("v9.9.1"),
  new: release("v9.9.2"),
} as const;

export interface Outcome {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for one test, which goes with it. */
export function scratchFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "stigmer-test-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs a command with an environment of its own: nothing of the machine's reaches it but the PATH. */
export async function run(
  command: string[],
  options: { home: string; environment?: Record<string, string>; cwd?: string; argv0?: string },
): Promise<Outcome> {
  const child = Bun.spawn(command, {
    cwd: options.cwd ?? options.home,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: options.home,
      STIGMER_HOME: join(options.home, "state"),
      ...options.environment,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    ...(options.argv0 === undefined ? {} : { argv0: options.argv0 }),
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  const signal = child.signalCode === null ? null : `${child.signalCode}`;
  return { status: child.exitCode, signal, stdout, stderr };
}

function release(version: string): { version: string; binary: string; runner: string } {
  const folder = join(dist, "test", version);
  return {
    version,
    binary: requireBuilt(join(folder, "stigmer")),
    runner: requireBuilt(join(folder, "agent-runner")),
  };
}

function requireBuilt(path: string): string {
  if (existsSync(path)) return path;
  throw new Error(`${path} is not there: run \`make test\`, which builds it`);
}
