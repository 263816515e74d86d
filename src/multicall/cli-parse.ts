import type { Values } from "../../commands/define.ts";
import { isRequired } from "../../commands/define.ts";
import { StigmerError } from "../base/errors.ts";
import { suggest } from "../base/suggest.ts";
import type { Arguments, Flag } from "./cli-arguments.ts";
import { checkValue } from "./cli-value.ts";

type Value = string | number | boolean | string[] | undefined;

/** What one pass over the words has found so far. */
interface Pass {
  readonly takes: Arguments;
  readonly path: string;
  readonly given: Map<string, Value>;
  readonly positionals: string[];
}

/** Parses the words after a command's name, strictly: nothing unknown, nothing missing, nothing twice. */
export function parseWords(words: readonly string[], takes: Arguments, path: string): Values {
  const pass: Pass = { takes, path, given: new Map(), positionals: [] };
  let rest = [...words];
  while (rest.length > 0) {
    const [word = "", ...others] = rest;
    rest = others;
    if (word === "--") {
      pass.positionals.push(...others);
      break;
    }
    if (isFlag(word)) rest = takeFlag(pass, word, others);
    else pass.positionals.push(word);
  }
  return { ...flagValues(pass), ...positionalValues(pass) };
}

/** A lone dash is a value: it means standard input. */
export function isFlag(word: string): boolean {
  return word.startsWith("-") && word !== "-";
}

/** Finds the flag that a word names, whatever value hangs on it. */
export function findFlag(flags: readonly Flag[], word: string): Flag | undefined {
  const name = word.startsWith("--") ? (word.split("=", 1)[0] ?? word) : word.slice(0, 2);
  return flags.find((flag) => flag.word === name || flag.letters.includes(name));
}

export function unknownFlag(word: string, flags: readonly Flag[], path: string): StigmerError {
  const name = word.split("=", 1)[0] ?? word;
  const near = suggest(
    name,
    flags.flatMap((flag) => [flag.word, ...flag.letters.filter(isWord)]),
  );
  const more = `"${path} --help" lists its flags`;
  return new StigmerError("usage", `unknown flag "${name}" for "${path}"`, {
    hint: near && name.startsWith("--") ? `did you mean "${near}"? ${more}` : more,
  });
}

function isWord(name: string): boolean {
  return name.startsWith("--");
}

/** Takes a flag and its value, if it has one; gives back the words that are left. */
function takeFlag(pass: Pass, word: string, others: string[]): string[] {
  const { flags } = pass.takes;
  const flag = findFlag(flags, word);
  if (!flag) throw unknownFlag(word, flags, pass.path);
  if (flag.definition.type === "boolean") return takeSwitch(pass, flag, word, others);
  const attached = attachedValue(word);
  if (attached !== undefined) {
    give(pass, flag, attached);
    return others;
  }
  const [next, ...left] = others;
  if (next === undefined || (isFlag(next) && findFlag(flags, next))) {
    throw wrongUsage(pass, `"${flag.word}" needs a value`, `write ${flag.word}=VALUE`);
  }
  give(pass, flag, next);
  return left;
}

/** `-fn 50` is `-f -n 50`; `--json=false` takes back an earlier `--json`. */
function takeSwitch(pass: Pass, flag: Flag, word: string, others: string[]): string[] {
  if (!word.startsWith("--")) {
    pass.given.set(flag.name, true);
    return word.length > 2 ? takeFlag(pass, `-${word.slice(2)}`, others) : others;
  }
  const attached = attachedValue(word) ?? "true";
  if (attached !== "true" && attached !== "false") {
    throw wrongUsage(pass, `"${flag.word}" is on or off and takes no value, but got "${attached}"`);
  }
  pass.given.set(flag.name, attached === "true");
  return others;
}

function give(pass: Pass, flag: Flag, text: string): void {
  const value = checkValue(flag.word, text, flag.definition, pass.path);
  const before = pass.given.get(flag.name);
  if (flag.definition.many) {
    pass.given.set(flag.name, [...(Array.isArray(before) ? before : []), text]);
    return;
  }
  if (before !== undefined && before !== value) {
    const both = `as "${String(before)}" and as "${text}"`;
    throw wrongUsage(pass, `"${flag.word}" is given twice, ${both}`);
  }
  pass.given.set(flag.name, value);
}

function flagValues(pass: Pass): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const flag of pass.takes.flags) {
    const { name, definition } = flag;
    values[name] = pass.given.get(name) ?? emptyValue(definition);
    if (!pass.given.has(name) && isRequired(definition)) {
      throw missingFlag(pass, flag);
    }
  }
  return values;
}

/** Whoever wrote `apply agent.yaml` meant `apply -f agent.yaml`. */
function missingFlag(pass: Pass, { word, letters }: Flag): StigmerError {
  const [value] = pass.positionals;
  const isMeant = value !== undefined && pass.takes.positionals.length === 0;
  const hint = isMeant ? `did you mean "${pass.path} ${letters[0] ?? word} ${value}"?` : undefined;
  return wrongUsage(pass, `"${word}" is missing`, hint);
}

function positionalValues(pass: Pass): Record<string, Value> {
  const values: Record<string, Value> = {};
  let rest = pass.positionals;
  for (const { name, label, definition } of pass.takes.positionals) {
    const taken = definition.many ? rest : rest.slice(0, 1);
    const [first] = taken;
    rest = rest.slice(taken.length);
    if (first === undefined && isRequired(definition)) {
      throw wrongUsage(pass, `${label} is missing`);
    }
    values[name] = definition.many ? taken : (first ?? emptyValue(definition));
  }
  const [extra] = rest;
  if (extra !== undefined) {
    throw wrongUsage(pass, `unexpected argument "${extra}" for "${pass.path}"`);
  }
  return values;
}

function wrongUsage(pass: Pass, message: string, hint?: string): StigmerError {
  return new StigmerError("usage", message, {
    hint: hint ?? `"${pass.path} --help" shows how it is used`,
  });
}

/** The value in `--name=value`, `-nvalue` or `-n=value`; undefined when none hangs on the word. */
function attachedValue(word: string): string | undefined {
  if (word.startsWith("--")) {
    const at = word.indexOf("=");
    return at === -1 ? undefined : word.slice(at + 1);
  }
  const attached = word.slice(word[2] === "=" ? 3 : 2);
  return word.length === 2 ? undefined : attached;
}

function emptyValue(definition: Flag["definition"]): Value {
  if (definition.type === "boolean") return definition.default ?? false;
  if (definition.many) return [];
  if (definition.default === undefined) return undefined;
  return definition.integer ? Number(definition.default) : definition.default;
}
