import { StigmerError } from "../../src/base/errors.ts";
import type { JsonValue } from "../../src/base/json.ts";
import { suggest } from "../../src/base/suggest.ts";
import { readJsonFile, readTextFile, toJsonArgument } from "./argument-value.ts";

/** What the words after `stigmer jq` ask for. */
export interface Options {
  isNullInput: boolean;
  isRawInput: boolean;
  isSlurp: boolean;
  isStream: boolean;
  isRawOutput: boolean;
  isAscii: boolean;
  isSorted: boolean;
  isStatusExit: boolean;
  isHelp: boolean;
  /** Spaces per level, a tab, or nothing for one line. */
  indent: string;
  /** What ends each output. */
  terminator: string;
  filter: string | undefined;
  filterFile: boolean;
  readonly files: string[];
  readonly named: Record<string, JsonValue>;
  readonly positional: JsonValue[];
}

type Flag = (options: Options) => void;

const FLAGS: Readonly<Record<string, Flag>> = {
  "null-input": (options) => (options.isNullInput = true),
  "raw-input": (options) => (options.isRawInput = true),
  slurp: (options) => (options.isSlurp = true),
  stream: (options) => (options.isStream = true),
  "raw-output": (options) => (options.isRawOutput = true),
  "join-output": (options) => {
    options.isRawOutput = true;
    options.terminator = "";
  },
  "raw-output0": (options) => {
    options.isRawOutput = true;
    options.terminator = "\0";
  },
  "ascii-output": (options) => (options.isAscii = true),
  "compact-output": (options) => (options.indent = ""),
  "sort-keys": (options) => (options.isSorted = true),
  "exit-status": (options) => (options.isStatusExit = true),
  "from-file": (options) => (options.filterFile = true),
  tab: (options) => (options.indent = "\t"),
  help: (options) => (options.isHelp = true),
};

const LETTERS: Readonly<Partial<Record<string, string>>> = {
  n: "null-input",
  R: "raw-input",
  s: "slurp",
  r: "raw-output",
  j: "join-output",
  a: "ascii-output",
  c: "compact-output",
  S: "sort-keys",
  e: "exit-status",
  f: "from-file",
  h: "help",
};

/** Options with values: how many words each takes, and what it does with them. */
const VALUES: Readonly<
  Record<
    string,
    readonly [count: number, take: (options: Options, words: readonly string[]) => void]
  >
> = {
  indent: [1, (options, [width = ""]) => (options.indent = indentOf(width))],
  arg: [2, (options, [name = "", value = ""]) => (options.named[name] = value)],
  argjson: [
    2,
    (options, [name = "", text = ""]) => (options.named[name] = toJsonArgument(text, name)),
  ],
  slurpfile: [2, (options, [name = "", path = ""]) => (options.named[name] = readJsonFile(path))],
  rawfile: [2, (options, [name = "", path = ""]) => (options.named[name] = readTextFile(path))],
};

const INDENT_MAX = 7;

function indentOf(width: string): string {
  const spaces = /^\d$/.test(width) ? Number(width) : Number.NaN;
  if (!(spaces <= INDENT_MAX)) {
    throw new StigmerError(
      "usage",
      `--indent takes a number from 0 to ${INDENT_MAX}, not "${width}"`,
      {
        hint: "write it like --indent 4",
      },
    );
  }
  return " ".repeat(spaces);
}

/** What a positional word is once the filter is known. */
type Role = "file" | "string" | "json";

/** Reads the words as jq does: options may stand anywhere, the first other word is the filter. */
export function parseOptions(words: readonly string[]): Options {
  const options = startOptions();
  let role: Role = "file";
  let isOver = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (isOver || word === "-" || !word.startsWith("-")) {
      addPositional(options, word, role);
    } else if (word === "--") {
      isOver = true;
    } else if (word === "--args" || word === "--jsonargs") {
      role = word === "--args" ? "string" : "json";
    } else {
      index += readOption(options, word, words.slice(index + 1));
    }
  }
  finishFilter(options);
  return options;
}

function startOptions(): Options {
  return {
    isNullInput: false,
    isRawInput: false,
    isSlurp: false,
    isStream: false,
    isRawOutput: false,
    isAscii: false,
    isSorted: false,
    isStatusExit: false,
    isHelp: false,
    indent: "  ",
    terminator: "\n",
    filter: undefined,
    filterFile: false,
    files: [],
    named: {},
    positional: [],
  };
}

function addPositional(options: Options, word: string, role: Role): void {
  if (options.filter === undefined) options.filter = word;
  else if (role === "file") options.files.push(word);
  else options.positional.push(role === "string" ? word : toJsonArgument(word, "--jsonargs"));
}

/** Reads one word of options; answers how many of the following words belong to it. */
function readOption(options: Options, word: string, following: readonly string[]): number {
  if (!word.startsWith("--")) {
    for (const letter of word.slice(1)) applyFlag(options, LETTERS[letter], `-${letter}`);
    return 0;
  }
  const name = word.slice(2);
  const value = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
  if (value === undefined) {
    applyFlag(options, name, word);
    return 0;
  }
  const [count, take] = value;
  if (following.length < count) {
    throw new StigmerError(
      "usage",
      `${word} needs ${count === 1 ? "a value" : "a name and a value"}`,
      {
        hint: count === 1 ? `write it like ${word} 2` : `write it like ${word} name value`,
      },
    );
  }
  take(options, following.slice(0, count));
  return count;
}

function applyFlag(options: Options, name: string | undefined, word: string): void {
  const flag = name !== undefined && Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
  if (flag !== undefined) {
    flag(options);
    return;
  }
  const meant = suggest(word.replace(/^-+/, ""), [...Object.keys(FLAGS), ...Object.keys(VALUES)]);
  const hint =
    meant === undefined ? "stigmer jq --help lists the options" : `did you mean --${meant}?`;
  throw new StigmerError("usage", `"${word}" is not an option of stigmer jq`, { hint });
}

function finishFilter(options: Options): void {
  if (options.filter === undefined) {
    if (options.isHelp) return;
    throw new StigmerError("usage", "the filter is missing", {
      hint: "write it like: stigmer jq '.items[].name' orders.json",
    });
  }
  if (options.filterFile) options.filter = readTextFile(options.filter);
}
