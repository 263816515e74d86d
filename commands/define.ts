import { type ArgDef, type CommandDef, defineCommand, type SubCommandsDef } from "citty";

import type { Terminal } from "../src/terminal/terminal.ts";

/** What citty's arguments leave unsaid. The parser (`src/multicall/cli-parse.ts`) knows both. */
interface More {
  /** May be given again and again: its value is a list. */
  many?: true;
  /** Its value is a whole number within these bounds, which are part of it. */
  integer?: { min: number; max: number };
  /** What a shell may offer as its value; `before` are the positional arguments in front of it. */
  candidates?: (before: readonly string[]) => readonly string[] | Promise<readonly string[]>;
}
export type ArgumentDef = ArgDef & More;
type ArgumentDefs = Record<string, ArgumentDef>;

/** The value that the parser gives for a definition. */
type ValueOf<D> = D extends { many: true }
  ? string[]
  : D extends { type: "boolean" }
    ? boolean
    : D extends { integer: object }
      ? number | Missing<D>
      : D extends { options: (infer Option)[] }
        ? Option | Missing<D>
        : string | Missing<D>;

/** Flags are optional unless they say otherwise, positional arguments are required unless they say otherwise. */
type Missing<D> = D extends { required: true } | { default: string | number }
  ? never
  : D extends { type: "positional"; required?: true }
    ? never
    : undefined;

export type ValuesOf<A> = { readonly [Name in keyof A]: ValueOf<A[Name]> };
export type Values = Readonly<Record<string, string | number | boolean | string[] | undefined>>;

/** Text of a command's help beyond its summary. */
export interface CommandHelp {
  /** A paragraph or two under the summary. */
  details?: string;
  /** Command lines without the prompt; at least one. */
  examples: [string, ...string[]];
}

/** What of a command citty has no place for. */
const helpOfCommand = new WeakMap<object, CommandHelp>();

export function helpOf(definition: object): CommandHelp | undefined {
  return helpOfCommand.get(definition);
}

/** A command that runs. The number that `run` returns is the exit status; none is 0. */
export function command<const A extends ArgumentDefs>(
  definition: CommandHelp & {
    args?: A;
    run(values: ValuesOf<A>, terminal: Terminal): Promise<number | void> | number | void;
  },
): CommandDef {
  const args: ArgumentDefs = definition.args ?? {};
  const made = defineCommand({
    args,
    run: (context: { args: Values; data?: Terminal }) => {
      if (!context.data || !fits<A>(context.args, args)) {
        throw new Error("unreachable: the parser gave other values than the command declares");
      }
      return definition.run(context.args, context.data);
    },
  });
  helpOfCommand.set(made, definition);
  return made;
}

/** A word of the command line that is followed by another. `fallback` runs when none follows. */
export function group(
  entries: Record<string, Entry>,
  options: CommandHelp & { fallback?: string },
): CommandDef {
  const made = defineCommand({
    // Without a prototype, so that `stigmer toString` finds nothing.
    subCommands: Object.assign(Object.create(null), entries),
    ...(options.fallback === undefined ? {} : { default: options.fallback }),
  });
  helpOfCommand.set(made, options);
  return made;
}

/** One line of a table of commands. Loaded only when it is called; help needs no more than the summary. */
export type Entry = SubCommandsDef[string] & { readonly summary: string };

export function entry(summary: string, load: () => Promise<CommandDef>): Entry {
  return Object.assign(load, { summary });
}

/** Checks what the types promise, so that no cast is needed. */
function fits<A extends ArgumentDefs>(values: object, args: ArgumentDefs): values is ValuesOf<A> {
  return Object.entries(args).every(([name, definition]) => {
    const value: unknown = Reflect.get(values, name);
    if (definition.many) return Array.isArray(value);
    if (definition.type === "boolean") return typeof value === "boolean";
    if (value === undefined) return definition.default === undefined && !isRequired(definition);
    return typeof value === (definition.integer ? "number" : "string");
  });
}

export function isRequired(definition: ArgumentDef): boolean {
  return definition.required ?? definition.type === "positional";
}
