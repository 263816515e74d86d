import type { Sandbox } from "./bubblewrap.ts";

export interface SandboxRun {
  readonly command: readonly [string, ...string[]];
  readonly workspace: string;
  /** Given to the program's standard input. */
  readonly input?: string;
  /** What is kept of its output; the rest is read and thrown away. */
  readonly outputBytesMax: number;
  readonly timeLimitMs: number;
  readonly signal: AbortSignal;
}

export interface SandboxResult {
  /** Standard output and standard error as they came. */
  readonly output: Buffer;
  /** All that was written, kept or not. */
  readonly outputBytes: number;
  /** `exit code 0`, `signal SIGKILL`. */
  readonly end: string;
  readonly isTimedOut: boolean;
}

/** Runs one program to its end, or kills it with all that it started. */
export async function runInSandbox(sandbox: Sandbox, run: SandboxRun): Promise<SandboxResult> {
  run.signal.throwIfAborted();
  const child = await sandbox.start(run.command, run.workspace);
  const kept: Uint8Array[] = [];
  let outputBytes = 0;
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    for await (const chunk of stream) {
      const room = run.outputBytesMax - outputBytes;
      if (room > 0) kept.push(chunk.subarray(0, room));
      outputBytes += chunk.length;
    }
  };
  let isTimedOut = false;
  const timer = setTimeout(() => {
    isTimedOut = true;
    child.kill();
  }, run.timeLimitMs);
  const kill = () => child.kill();
  run.signal.addEventListener("abort", kill, { once: true });
  try {
    const reading = Promise.all([collect(child.stdout), collect(child.stderr)]);
    if (run.input !== undefined) void child.stdin.write(run.input);
    await Promise.resolve(child.stdin.end()).catch(() => {});
    const end = await child.ended;
    await reading;
    run.signal.throwIfAborted();
    return { output: Buffer.concat(kept), outputBytes, end, isTimedOut };
  } finally {
    clearTimeout(timer);
    run.signal.removeEventListener("abort", kill);
  }
}
