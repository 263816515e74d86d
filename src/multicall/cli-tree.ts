import type { CommandDef, SubCommandsDef } from "citty";

import { StigmerError } from "../base/errors.ts";
import { suggest } from "../base/suggest.ts";
import { globalFlags } from "./cli-globals.ts";
import { findFlag, isFlag, unknownFlag } from "./cli-parse.ts";

/** A command as a table holds it, whatever its arguments are. */
export type AnyCommand = Extract<Awaited<ReturnType<Loader>>, { run?: unknown }>;
type Loader = Extract<SubCommandsDef[string], () => unknown>;

/** Where the words lead: the command they name and the words that are left for it. */
export interface Place {
  readonly command: AnyCommand;
  /** As it is typed: `stigmer server logs`. */
  readonly path: string;
  readonly summary: string;
  /** Global flags from in front of the command's name first. */
  readonly rest: readonly string[];
}

/** Commands that read their words themselves. Global flags are ours only in front of the name. */
const PASS_THROUGH: ReadonlySet<string> = new Set(["stigmer jq"]);

export function isPassThrough(place: Place): boolean {
  return PASS_THROUGH.has(place.path);
}

/** Follows the words down the tree as far as they name commands, and where they end, a group's fallback. */
export async function findPlace(
  root: CommandDef,
  words: readonly string[],
  options: { fallback: boolean } = { fallback: true },
): Promise<Place> {
  let place: Place = { command: root, path: "stigmer", summary: "", rest: words };
  for (;;) {
    const next = await step(place, options.fallback);
    if (!next) return place;
    place = next;
  }
}

/** One word down; undefined when the place is where the words lead. */
async function step(place: Place, usesFallback: boolean): Promise<Place | undefined> {
  const children = await childrenOf(place.command);
  if (!children) return undefined;
  const { skipped, left } = skipGlobals(place.rest);
  const [word, ...others] = left;
  if (word !== undefined && !isFlag(word)) {
    const child = children[word];
    if (!child) throw await unknownCommand(word, children, place.path);
    return enter(place, child, [...skipped, ...others]);
  }
  const wantsHelp = word !== undefined && findFlag(globalFlags, word)?.name === "help";
  if (wantsHelp) return undefined;
  const fallback = usesFallback ? await fallbackOf(place, children) : undefined;
  if (fallback) return enter(place, fallback, [...skipped, ...left]);
  if (word !== undefined) throw unknownFlag(word, globalFlags, place.path);
  return undefined;
}

async function fallbackOf(
  place: Place,
  children: Readonly<Record<string, Child>>,
): Promise<Child | undefined> {
  const name: unknown = await resolve(place.command.default);
  return typeof name === "string" ? children[name] : undefined;
}

async function enter(from: Place, child: Child, rest: readonly string[]): Promise<Place> {
  return {
    command: await child.load(),
    path: `${from.path} ${child.name}`,
    summary: await child.summary(),
    rest,
  };
}

export interface Child {
  readonly name: string;
  /** Without loading the command where the table says it. */
  summary(): Promise<string>;
  load(): Promise<AnyCommand>;
}

/** The commands under a command, by name; undefined when it is a leaf. Free of Object's own names. */
export async function childrenOf(
  command: AnyCommand,
): Promise<Readonly<Record<string, Child>> | undefined> {
  const table: unknown = await resolve(command.subCommands);
  if (typeof table !== "object" || table === null) return undefined;
  const children: Record<string, Child> = Object.create(null);
  for (const [name, value] of Object.entries(table)) children[name] = toChild(name, value);
  return children;
}

function toChild(name: string, value: SubCommandsDef[string]): Child {
  const load = async (): Promise<AnyCommand> => resolve(value);
  const summary = async (): Promise<string> => {
    if ("summary" in value && typeof value.summary === "string") return value.summary;
    const meta: unknown = await resolve((await load()).meta);
    const description: unknown = Object(meta).description;
    return typeof description === "string" ? description : "";
  };
  return { name, load, summary };
}

/** Global flags, with their values, from the front of the words. Help is left for whoever it asks about. */
function skipGlobals(words: readonly string[]): { skipped: string[]; left: string[] } {
  const skipped: string[] = [];
  const left = [...words];
  for (;;) {
    const [word] = left;
    const flag = word !== undefined && isFlag(word) ? findFlag(globalFlags, word) : undefined;
    if (!flag || flag.name === "help") return { skipped, left };
    const takesNext = flag.definition.type !== "boolean" && !word?.includes("=");
    skipped.push(...left.splice(0, takesNext ? 2 : 1));
  }
}

async function unknownCommand(
  word: string,
  children: Readonly<Record<string, Child>>,
  path: string,
): Promise<StigmerError> {
  const inside = await groupsWith(word, children);
  const near = inside[0] ?? suggest(word, Object.keys(children));
  const more = `"${path} --help" lists its commands`;
  return new StigmerError("usage", `unknown command "${word}" for "${path}"`, {
    hint: near ? `did you mean "${path} ${near}"? ${more}` : more,
  });
}

/** `server logs` for `logs`: who knows the verb need not know its noun. */
async function groupsWith(
  word: string,
  children: Readonly<Record<string, Child>>,
): Promise<string[]> {
  const found: string[] = [];
  for (const child of Object.values(children)) {
    const inner = await childrenOf(await child.load());
    if (inner?.[word]) found.push(`${child.name} ${word}`);
  }
  return found;
}

/** A citty value may be the thing, a promise of it, or a function that gives either. */
export async function resolve<T>(value: T | Promise<T> | (() => T | Promise<T>)): Promise<T> {
  return isFunction(value) ? value() : value;
}

function isFunction<T>(value: T | (() => T)): value is () => T {
  return typeof value === "function";
}
