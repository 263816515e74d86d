import type { CommandDef } from "citty";

import type { ArgumentDef } from "../../commands/define.ts";
import { type Arguments, type Flag, toArguments } from "./cli-arguments.ts";
import { globalFlags } from "./cli-globals.ts";
import { findFlag, isFlag } from "./cli-parse.ts";
import { childrenOf, findPlace, isPassThrough, type Place, resolve } from "./cli-tree.ts";

/** What the shell's script takes as "offer file names". */
const FILES = ":files";
const FILE_HINT = /FILE|DIR/;

/**
 * What may stand where the cursor is: `value`, or `value<TAB>description`, a line each. The last word is the one being
 * typed, perhaps empty. Words that make no sense have no candidates.
 */
export async function candidatesFor(
  root: CommandDef,
  words: readonly string[],
): Promise<readonly string[]> {
  const typed = words[0] === "--" ? words.slice(1) : words;
  const current = typed.at(-1) ?? "";
  const before = typed.slice(0, -1);
  try {
    const place = await placeOf(root, before, current);
    const all = isPassThrough(place) ? [FILES] : await candidatesAt(place, current);
    return all.filter((candidate) => candidate === FILES || candidate.startsWith(current));
  } catch {
    // Half a command line is wrong in many ways, and a shell has no place for a message.
    return [];
  }
}

/** A group's own fallback is meant only once a flag says so: before that, its commands are to be offered. */
async function placeOf(
  root: CommandDef,
  before: readonly string[],
  current: string,
): Promise<Place> {
  const words = before[0] === "help" ? before.slice(1) : before;
  const group = await findPlace(root, words, { fallback: false }).catch(() => undefined);
  if (group && !isFlag(current)) return group;
  return findPlace(root, words);
}

async function candidatesAt(place: Place, current: string): Promise<readonly string[]> {
  const children = await childrenOf(place.command);
  if (children && !isFlag(current)) {
    const rows = Object.values(children).map(
      async (child) => `${child.name}\t${await child.summary()}`,
    );
    return Promise.all(rows);
  }
  const own = toArguments((await resolve(place.command.args)) ?? {});
  const takes = { ...own, flags: [...own.flags, ...globalFlags] };
  const { positionals, open } = replay(place.rest, takes);
  if (open) return valuesOf(open.definition, positionals, "");
  const flag = current.includes("=") ? findFlag(takes.flags, current) : undefined;
  if (flag) return valuesOf(flag.definition, positionals, `${flag.word}=`);
  if (isFlag(current)) {
    return takes.flags.map(({ word, definition }) => `${word}\t${definition.description ?? ""}`);
  }
  const last = takes.positionals.at(-1);
  const positional =
    takes.positionals[positionals.length] ?? (last?.definition.many ? last : undefined);
  return positional ? valuesOf(positional.definition, positionals, "") : [];
}

/** What the finished words hold: the positional arguments, and the flag that still waits for its value. */
function replay(
  words: readonly string[],
  takes: Arguments,
): { positionals: string[]; open: Flag | undefined } {
  const positionals: string[] = [];
  let open: Flag | undefined;
  for (const word of words) {
    if (open) {
      open = undefined;
    } else if (!isFlag(word)) {
      positionals.push(word);
    } else if (!word.includes("=")) {
      const flag = findFlag(takes.flags, word);
      open = flag && flag.definition.type !== "boolean" ? flag : undefined;
    }
  }
  return { positionals, open };
}

async function valuesOf(
  definition: ArgumentDef,
  before: readonly string[],
  prefix: string,
): Promise<readonly string[]> {
  if (definition.candidates) {
    return (await definition.candidates(before)).map((value) => prefix + value);
  }
  if ("options" in definition && definition.options) {
    return definition.options.map((value) => prefix + value);
  }
  return FILE_HINT.test(definition.valueHint ?? "") ? [FILES] : [];
}
