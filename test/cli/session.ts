/** One command of a terminal session and what it is to print. */
export interface Step {
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** Lines before the command: comments and blank lines, kept when the file is rewritten. */
  readonly lead: readonly string[];
  /** Line of the command in its file, from 1. */
  readonly line: number;
}

export interface Session {
  readonly steps: readonly Step[];
  /** Files that the session finds in its folder. */
  readonly files: ReadonlyMap<string, string>;
  /** What the model of agents says; undefined where no agent runs. */
  readonly model: string | undefined;
  /** The text from the first file on. */
  readonly tail: string;
}

const COMMAND = "$ ";
const STDERR = "2> ";
const EXIT = "! exit ";
const MODEL = "% model ";
const FILE = /^-- (\S+) --$/;

/**
 * Reads a session: `$ ` and a command, then what it prints; lines on stderr begin with `2> `, and `! exit N` tells a
 * status other than 0. Comments begin with `#` and stand above a command. `-- NAME --` begins a file.
 */
export function parseSession(text: string): Session {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => FILE.test(line));
  const script = end === -1 ? lines : lines.slice(0, end);
  const tail = end === -1 ? [] : lines.slice(end);
  const starts = script.flatMap((line, index) => (line.startsWith(COMMAND) ? [index] : []));
  const steps = starts.map((start, index) => {
    const before = index === 0 ? 0 : leadStart(script, starts[index - 1] ?? 0, start);
    const next = starts[index + 1];
    const stop = next === undefined ? lastOf(script) : leadStart(script, start, next);
    return parseStep(script.slice(start, stop), script.slice(before, start), start + 1);
  });
  const model = script.find((line) => line.startsWith(MODEL))?.slice(MODEL.length);
  return { steps, files: parseFiles(tail), model, tail: tail.join("\n") };
}

/** Comments and blank lines right above a command belong to it, not to the output before. */
function leadStart(lines: readonly string[], from: number, command: number): number {
  let start = command;
  while (start - 1 > from && /^(#|$)/.test(lines[start - 1] ?? "")) start -= 1;
  return start;
}

function lastOf(lines: readonly string[]): number {
  return lines.findLastIndex((line) => line !== "") + 1;
}

function parseStep(lines: readonly string[], lead: readonly string[], line: number): Step {
  const [command = "", ...output] = lines;
  const exit = output.find((one) => one.startsWith(EXIT));
  const isStdout = (one: string): boolean => !one.startsWith(STDERR) && one !== exit;
  return {
    command: command.slice(COMMAND.length),
    stdout: output.filter(isStdout).join("\n"),
    stderr: output
      .filter((one) => one.startsWith(STDERR))
      .map((one) => one.slice(STDERR.length))
      .join("\n"),
    exitCode: exit === undefined ? 0 : Number(exit.slice(EXIT.length)),
    lead,
    line,
  };
}

function parseFiles(lines: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  let name = "";
  for (const line of lines) {
    const [, found] = FILE.exec(line) ?? [];
    if (found !== undefined) {
      name = found;
      files.set(name, "");
    } else {
      files.set(name, `${files.get(name) ?? ""}${line}\n`);
    }
  }
  return files;
}

/** The text of a session whose steps printed this. */
export function formatSession(session: Session, results: readonly Printed[]): string {
  const steps = session.steps.flatMap((step, index) => {
    const printed = results[index] ?? step;
    return [...step.lead, COMMAND + step.command, ...formatPrinted(printed)];
  });
  const text = `${steps.join("\n")}\n`;
  return session.tail === "" ? text : `${text}\n${session.tail}`;
}

export type Printed = Pick<Step, "stdout" | "stderr" | "exitCode">;

export function formatPrinted({ stdout, stderr, exitCode }: Printed): string[] {
  return [
    ...(stdout === "" ? [] : stdout.split("\n")),
    ...(stderr === "" ? [] : stderr.split("\n").map((line) => STDERR + line)),
    ...(exitCode === 0 ? [] : [EXIT + exitCode]),
  ];
}
