import type { JsonValue } from "../base/json.ts";
import type { Code } from "./code.ts";
import { generateCode, generateSpots, generateUpdate } from "./compile/generate.ts";
import type { Compiler, Place } from "./compile/place.ts";
import type { Zone } from "./dates/strftime.ts";
import { Env } from "./env.ts";
import { JqError, JqFuelError, JqSyntaxError } from "./errors.ts";
import { toText } from "./formats.ts";
import { parse } from "./parser.ts";
import { Break, Raise } from "./raise.ts";
import { type Host, Run } from "./run.ts";
import { toJsonText } from "./values/json-text.ts";
import { kindOf } from "./values/kind.ts";
import { atCostOf, pay } from "./values/meter.ts";

export interface CompileOptions {
  /** The global variables that a run will give, without `$`; any other is then refused when it is compiled. */
  readonly variables?: readonly string[];
}

export interface RunOptions {
  /** How many steps the program may take; without it there is no bound. */
  readonly fuel?: number;
  /** Told once, when the program has ended or failed: how much fuel it used. */
  readonly onSpent?: (fuel: number) => void;
  /** The time that `now` tells, in milliseconds since 1970. */
  readonly nowMs?: number;
  /** What `$ENV` and `env` hold; nothing by default. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where `input` and `inputs` read; without it they fail as at the end of the input. */
  readonly inputs?: () => Iterator<JsonValue>;
  /** The name of the file that the input is from, for `input_filename`. */
  readonly inputName?: () => string | null;
  /** Takes what `debug` is given; without it `debug` only passes its input on. */
  readonly debug?: (message: JsonValue) => void;
  readonly stderr?: (value: JsonValue) => void;
  /** The user's zone at a moment, for `localtime` and `strflocaltime`; UTC by default. */
  readonly zoneAt?: (epochSeconds: number) => Zone;
}

export type Variables = Readonly<Record<string, JsonValue>>;

/** A compiled program. It holds no state: it may be run any number of times, also inside its own run. */
export interface Program {
  readonly text: string;
  /** Every output, in order. An error comes when the outputs before it have been taken. */
  readonly run: (
    input: JsonValue,
    variables?: Variables,
    options?: RunOptions,
  ) => Iterable<JsonValue>;
  /** The first output, or undefined; nothing behind it is computed. */
  readonly first: (
    input: JsonValue,
    variables?: Variables,
    options?: RunOptions,
  ) => JsonValue | undefined;
  /** Gives each output to `emit` as soon as it is there, until `emit` returns true. */
  readonly each: (
    input: JsonValue,
    emit: (value: JsonValue) => boolean,
    variables?: Variables,
    options?: RunOptions,
  ) => void;
}

const CACHE_SIZE_MAX = 512;
const INLINES_MAX = 2_000;
const cache = new Map<string, Program>();

/** Compiles a program, or finds it among the last ones compiled. Throws a `JqSyntaxError`. */
export function compile(text: string, options: CompileOptions = {}): Program {
  const key =
    options.variables === undefined ? text : `${options.variables.toSorted().join()} ${text}`;
  const known = cache.get(key);
  if (known !== undefined) {
    cache.delete(key);
    cache.set(key, known);
    return known;
  }
  const program = toProgram(text, compileText(text, options));
  cache.set(key, program);
  if (cache.size > CACHE_SIZE_MAX) {
    const oldest = cache.keys().next();
    if (!oldest.done) cache.delete(oldest.value);
  }
  return program;
}

function compileText(text: string, options: CompileOptions): Code {
  const compiler: Compiler = {
    source: text,
    code: generateCode,
    spots: generateSpots,
    update: generateUpdate,
    fail: (message, range, hint) => new JqSyntaxError(message, { text, range, hint }),
    globals: options.variables === undefined ? undefined : new Set(options.variables),
    library: new Map(),
    inlinesLeft: INLINES_MAX,
    inlineDepth: 0,
    procedureDepth: 0,
  };
  const place: Place = { scope: undefined, level: 0, isTail: false, compiler };
  const syntax = parse(text);
  try {
    return generateCode(syntax, place);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw compiler.fail("the program nests too deep", { start: 0, end: text.length });
  }
}

function toProgram(text: string, code: Code): Program {
  const each: Program["each"] = (input, emit, variables, options) => {
    execute(code, input, { variables, options }, emit);
  };
  return {
    text,
    each,
    run: (input, variables, options) => runAll(code, input, { variables, options }),
    first: (input, variables, options) => {
      let first: JsonValue | undefined;
      execute(code, input, { variables, options }, (value) => {
        first = value;
        return true;
      });
      return first;
    },
  };
}

interface Setting {
  readonly variables: Variables | undefined;
  readonly options: RunOptions | undefined;
}

function* runAll(code: Code, input: JsonValue, setting: Setting): Generator<JsonValue> {
  const values: JsonValue[] = [];
  let failure: { readonly error: unknown } | undefined;
  try {
    execute(code, input, setting, (value) => {
      values.push(value);
      return false;
    });
  } catch (error) {
    failure = { error };
  }
  yield* values;
  if (failure !== undefined) throw failure.error;
}

/** Runs code and turns whatever ends it early into an error that says so. */
function execute(
  code: Code,
  input: JsonValue,
  setting: Setting,
  emit: (value: JsonValue) => boolean,
): void {
  let isOutside = false;
  const run = startRun(setting);
  const fuel = run.fuel;
  try {
    atCostOf(run, () =>
      code.each(input, Env.root(run), (value) => {
        if (setting.options?.fuel !== undefined && value !== input) payForWhole(value, 0);
        isOutside = true;
        const isStopped = emit(value);
        isOutside = false;
        return isStopped;
      }),
    );
  } catch (error) {
    throw isOutside ? error : toPublicError(error);
  } finally {
    setting.options?.onSpent?.(fuel - run.fuel);
  }
}

const OUTPUT_DEPTH_MAX = 20_000;

/**
 * Pays for every part of an output. A few steps can make a value that shares its parts so often that writing it down
 * would never end; whoever bounds a program wants its outputs bounded too.
 */
function payForWhole(value: JsonValue, depth: number): void {
  if (typeof value !== "object" || value === null) return;
  if (depth > OUTPUT_DEPTH_MAX) throw new JqFuelError("an output nests too deep");
  pay(1);
  if (Array.isArray(value)) {
    pay(value.length / 8);
    for (const item of value) payForWhole(item, depth + 1);
  } else {
    for (const key in value) payForWhole(value[key] ?? null, depth + 1);
  }
}

function startRun({ variables = {}, options = {} }: Setting): Run {
  const host: Host = {
    variables,
    environment: options.environment ?? {},
    inputs: options.inputs?.(),
    inputName: options.inputName,
    debug: options.debug,
    stderr: options.stderr,
    nowMs: options.nowMs ?? 0,
    zoneAt: options.zoneAt,
  };
  return new Run(host, options.fuel ?? Number.MAX_SAFE_INTEGER);
}

function toPublicError(error: unknown): unknown {
  if (error instanceof Raise) return new JqError(messageOf(error.value), error.value);
  if (error instanceof Break) return new JqError("break", "break");
  if (error instanceof RangeError) return new JqFuelError("the expression nests too deep");
  return error;
}

/** What the `jq` command says about an error that nothing caught. */
function messageOf(value: JsonValue): string {
  const kind = kindOf(value);
  if (kind === "string") return toText(value);
  return `(not a string): ${toJsonText(value)}`;
}
