import type { JsonValue } from "../../src/base/json.ts";
import { compile, type Program, type RunOptions } from "../../src/jq/compile.ts";
import { JqError, JqFuelError, JqHalt, JqSyntaxError } from "../../src/jq/errors.ts";
import { toJsonText } from "../../src/jq/values/json-text.ts";
import { writeWhole } from "../../src/terminal/output.ts";
import { type InputReport, readInputs } from "./inputs.ts";
import type { Options } from "./options.ts";
import { Printer } from "./printer.ts";
import { localZoneAt } from "./zone.ts";

const STDERR = 2;
const STATUS = { done: 0, falsy: 1, usage: 2, syntax: 3, noOutput: 4, failed: 5 } as const;

/** What has happened so far; it decides the exit status. */
interface Progress {
  last: JsonValue | undefined;
  hasFailed: boolean;
}

/** Runs a filter over its inputs, prints what comes out, and answers jq's exit status. */
export function runFilter(options: Options, environment: Readonly<Record<string, string>>): number {
  const variables = variablesOf(options);
  const program = compileFilter(options.filter ?? ".", Object.keys(variables));
  if (program === undefined) return STATUS.syntax;
  const printer = new Printer(options);
  const report: InputReport = { name: null, problems: [] };
  const inputs = readInputs(options, report, () => printer.flush());
  const progress: Progress = { last: undefined, hasFailed: false };
  const runOptions: RunOptions = {
    nowMs: Date.now(),
    environment,
    inputs: () => inputs,
    inputName: () => report.name,
    debug: (message) => complain(`${toJsonText(["DEBUG:", message])}\n`, printer),
    stderr: (value) => complain(typeof value === "string" ? value : toJsonText(value), printer),
    zoneAt: localZoneAt,
  };
  try {
    for (const input of options.isNullInput ? [null] : inputs) {
      runOnce(program, { input, variables, runOptions }, printer, progress);
    }
  } catch (error) {
    if (!(error instanceof JqHalt)) throw error;
    printer.flush();
    return halted(error);
  }
  printer.flush();
  for (const problem of report.problems) writeWhole(STDERR, `jq: error: ${problem}\n`);
  if (report.problems.length > 0) return STATUS.usage;
  return statusOf(progress, options);
}

function variablesOf(options: Options): Record<string, JsonValue> {
  const args = { positional: options.positional, named: { ...options.named } };
  return { ...options.named, ARGS: args };
}

function compileFilter(filter: string, variables: string[]): Program | undefined {
  try {
    return compile(filter, { variables });
  } catch (error) {
    if (!(error instanceof JqSyntaxError)) throw error;
    const hint = error.hint === undefined ? "" : `\n${error.hint}`;
    writeWhole(STDERR, `jq: error: ${error.report}${hint}\njq: 1 compile error\n`);
    return undefined;
  }
}

interface Round {
  readonly input: JsonValue;
  readonly variables: Record<string, JsonValue>;
  readonly runOptions: RunOptions;
}

/** An error ends the outputs of one input; the next input is tried all the same. */
function runOnce(program: Program, round: Round, printer: Printer, progress: Progress): void {
  try {
    program.each(
      round.input,
      (value) => {
        progress.last = value;
        printer.print(value);
        return false;
      },
      round.variables,
      round.runOptions,
    );
  } catch (error) {
    if (!(error instanceof JqError) && !(error instanceof JqFuelError)) throw error;
    progress.hasFailed = true;
    complain(
      `jq: error (at ${round.runOptions.inputName?.() ?? "<stdin>"}): ${error.message}\n`,
      printer,
    );
  }
}

/** Says something on stderr, behind everything that was printed before. */
function complain(text: string, printer: Printer): void {
  printer.flush();
  writeWhole(STDERR, text);
}

function halted({ value, exitCode }: JqHalt): number {
  if (typeof value === "string") writeWhole(STDERR, value);
  else if (value !== undefined) writeWhole(STDERR, `${toJsonText(value)}\n`);
  return exitCode;
}

function statusOf({ last, hasFailed }: Progress, { isStatusExit }: Options): number {
  if (hasFailed) return STATUS.failed;
  if (!isStatusExit) return STATUS.done;
  if (last === undefined) return STATUS.noOutput;
  return last === null || last === false ? STATUS.falsy : STATUS.done;
}
