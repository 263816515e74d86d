import { once } from "node:events";

const isTerminal = process.stdout.isTTY;
const COLUMNS = process.stdout.columns ?? 120;

export interface Shown {
  readonly exitCode: number;
  readonly stdout: string;
}

/** Runs commands as a person would, showing each and what it prints, and counts what went as told. */
export class Terminal {
  passed = 0;
  failed = 0;
  readonly #environment: Record<string, string>;

  constructor(environment: Record<string, string>) {
    this.#environment = environment;
  }

  say(text: string): void {
    console.log(isTerminal ? `\n\u001b[1m${text}\u001b[0m` : `\n${text}`);
  }

  /** Shows the command and runs it; its talk (stderr) is shown as it comes, its result (stdout) afterwards. */
  async run(
    command: readonly string[],
    options: { shown?: string; isQuiet?: boolean } = {},
  ): Promise<Shown> {
    if (!options.isQuiet) console.log(`$ ${options.shown ?? command.join(" ")}`);
    const child = Bun.spawn([...command], {
      env: this.#environment,
      stdin: "ignore",
      stdout: "pipe",
      stderr: options.isQuiet ? "ignore" : "inherit",
    });
    const stdout = await new Response(child.stdout).text();
    const exitCode = await child.exited;
    if (!options.isQuiet && stdout) console.log(shorten(stdout.trimEnd()));
    return { exitCode, stdout };
  }

  /** Starts a command whose lines are read one by one, until `until` answers true for one of them. */
  async runUntil(
    command: readonly string[],
    { shown, until }: { shown: string; until: (line: string) => boolean },
  ): Promise<boolean> {
    console.log(`$ ${shown}`);
    const child = Bun.spawn([...command], {
      env: this.#environment,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    try {
      for await (const line of linesOf(child.stdout)) {
        if (until(line)) return true;
      }
      return false;
    } finally {
      child.kill();
      await child.exited;
    }
  }

  /** One thing that must hold. */
  check(what: string, holds: boolean): void {
    if (holds) this.passed++;
    else this.failed++;
    console.log(`${holds ? "ok" : "FAILED"}: ${what}`);
  }

  async summary(): Promise<number> {
    const line = `\n${this.passed} passed, ${this.failed} failed\n`;
    if (!process.stdout.write(line)) await once(process.stdout, "drain");
    return this.failed === 0 ? 0 : 1;
  }
}

/** Long lines cut to what one looks at. */
function shorten(text: string): string {
  return text
    .split("\n")
    .map((line) => (line.length > COLUMNS ? `${line.slice(0, COLUMNS - 1)}…` : line))
    .join("\n");
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncIterable<string> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest) yield rest;
}
