import type { Values } from "../../commands/define.ts";
import { main } from "../../commands/main.ts";
import { processHost } from "../terminal/host.ts";
import { OutputClosed } from "../terminal/output.ts";
import { openTerminal, type Terminal } from "../terminal/terminal.ts";
import { type Arguments, toArguments } from "./cli-arguments.ts";
import { applyGlobals, globalFlags } from "./cli-globals.ts";
import { findFlag, isFlag, parseWords } from "./cli-parse.ts";
import { childrenOf, findPlace, isPassThrough, type Place, resolve } from "./cli-tree.ts";

/**
 * The command line: finds the command, parses its words, runs it. Answers the exit status; what goes wrong is thrown
 * as a `StigmerError`.
 */
export async function runCli(args: string[]): Promise<number> {
  // Help and what is wrong with the words are shown before the words are parsed.
  if (flagsOf(args).includes("--no-color")) process.env["NO_COLOR"] = "1";
  try {
    return await dispatch(args);
  } catch (error) {
    if (error instanceof OutputClosed) return 0;
    throw error;
  }
}

async function dispatch(args: readonly string[]): Promise<number> {
  const [first, ...others] = args;
  switch (first) {
    case undefined:
      return printIntroduction();
    case "__complete":
      return completeWords(others);
    case "help":
      return helpFor(others.filter((word) => !isFlag(word)));
    case "--version":
    case "-V":
      return dispatch(["version", ...others]);
    default:
      return runPlace(await findPlace(main, args));
  }
}

/** What a group would do by itself is not what is asked here. */
async function helpFor(words: readonly string[]): Promise<number> {
  const place = await findPlace(main, words, { fallback: false });
  return isPassThrough(place) ? runWith(place, {}, ["--help"]) : printHelp(place);
}

async function runPlace(place: Place): Promise<number> {
  if (isPassThrough(place)) return runWith(place, {}, [...place.rest]);
  if (asksForHelp(place.rest) || (await childrenOf(place.command))) return printHelp(place);
  const own = toArguments((await resolve(place.command.args)) ?? {});
  const takes: Arguments = { ...own, flags: [...own.flags, ...globalsBeside(own)] };
  const values = parseWords(place.rest, takes, place.path);
  applyGlobals(values, process.env);
  return runWith(place, values, [...place.rest]);
}

/** A command may declare a global flag itself, to say more about it. */
function globalsBeside(own: Arguments): Arguments["flags"] {
  return globalFlags.filter((flag) => !own.flags.some(({ name }) => name === flag.name));
}

async function runWith(place: Place, values: Values, rawArgs: string[]): Promise<number> {
  const { command } = place;
  const status: unknown = await command.run?.({
    rawArgs,
    args: Object.assign(Object.create(null), values, { _: rawArgs }),
    cmd: command,
    data: terminalFor(values),
  });
  return typeof status === "number" ? status : 0;
}

/** Help wins over everything else on the line, as whoever asks for it does not know the rest yet. */
function asksForHelp(words: readonly string[]): boolean {
  return flagsOf(words).some((word) => findFlag(globalFlags, word)?.name === "help");
}

function flagsOf(words: readonly string[]): string[] {
  const end = words.indexOf("--");
  return (end === -1 ? words : words.slice(0, end)).filter(isFlag);
}

async function printHelp(place: Place): Promise<number> {
  const { renderHelp } = await import("./cli-help.ts");
  const terminal = terminalFor({});
  const page = { columns: terminal.columns ?? 80, style: terminal.style };
  terminal.print(await renderHelp(place, page));
  return 0;
}

async function printIntroduction(): Promise<number> {
  const { default: text } = await import("./cli-introduction.txt", { with: { type: "text" } });
  terminalFor({}).print(text.trimEnd());
  return 0;
}

async function completeWords(words: readonly string[]): Promise<number> {
  const { candidatesFor } = await import("./cli-complete.ts");
  const terminal = terminalFor({});
  for (const candidate of await candidatesFor(main, words)) terminal.print(candidate);
  return 0;
}

function terminalFor(values: Values): Terminal {
  return openTerminal(processHost, {
    json: values["json"] === true,
    quiet: values["quiet"] === true,
  });
}
