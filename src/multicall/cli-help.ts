import { type CommandHelp, helpOf, isRequired } from "../../commands/define.ts";
import type { Style } from "../terminal/style.ts";
import { type Arguments, type Flag, toArguments, valueHintOf } from "./cli-arguments.ts";
import { globalFlags } from "./cli-globals.ts";
import { type Child, childrenOf, type Place, resolve } from "./cli-tree.ts";

const INDENT = "  ";
const WIDTH_MAX = 100;

/** What `--help` prints: what the command is, how it is written, every flag, and examples. Ends without a newline. */
export async function renderHelp(
  place: Place,
  options: { columns: number; style: Style },
): Promise<string> {
  const children = await childrenOf(place.command);
  const takes = toArguments((await resolve(place.command.args)) ?? {});
  const help = helpOf(place.command);
  const page = { ...options, columns: Math.min(options.columns, WIDTH_MAX) };
  const sections = [
    [place.summary],
    [help?.details ? wrap(help.details, page.columns) : ""],
    section(page.style, "USAGE", [usageOf(place.path, takes, children !== undefined)]),
    section(page.style, "COMMANDS", children ? await commandRows(children, page.columns) : []),
    section(page.style, "ARGUMENTS", argumentRows(takes, page.columns)),
    section(page.style, "FLAGS", flagRows(takes.flags, page.columns)),
    section(page.style, "EXAMPLES", examplesOf(place.path, takes, help)),
    section(page.style, "GLOBAL FLAGS", flagRows(globalFlags, page.columns)),
  ];
  return sections
    .map((lines) => lines.filter((line) => line !== "").join("\n"))
    .filter((text) => text !== "")
    .join("\n\n");
}

function section(style: Style, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [style.bold(title), ...lines.map((line) => INDENT + line)];
}

function usageOf(path: string, takes: Arguments, isGroup: boolean): string {
  if (isGroup) return `${path} COMMAND [flags]`;
  const required = takes.flags.filter((flag) => isRequired(flag.definition));
  const words = [
    path,
    ...takes.positionals.map(({ label, definition }) => {
      const shown = definition.many ? `${label}…` : label;
      return isRequired(definition) ? shown : `[${shown}]`;
    }),
    ...required.map((flag) => `${flag.letters[0] ?? flag.word} ${valueHintOf(flag)}`),
    "[flags]",
  ];
  return words.join(" ");
}

async function commandRows(
  children: Readonly<Record<string, Child>>,
  columns: number,
): Promise<string[]> {
  const rows = Object.values(children).map(async (child): Promise<[string, string]> => {
    return [child.name, await child.summary()];
  });
  return alignRows(await Promise.all(rows), columns);
}

function argumentRows({ positionals }: Arguments, columns: number): string[] {
  return alignRows(
    positionals.map(({ label, definition }): [string, string] => {
      return [label, definition.description ?? ""];
    }),
    columns,
  );
}

function flagRows(flags: readonly Flag[], columns: number): string[] {
  return alignRows(
    flags.map((flag): [string, string] => [flagLabel(flag), describeFlag(flag)]),
    columns,
  );
}

/** `-f, --follow`, `    --port NUMBER`: long names stand under one another. */
function flagLabel(flag: Flag): string {
  const letter = flag.letters.find((name) => name.length === 2);
  const value = flag.definition.type === "boolean" ? "" : ` ${valueHintOf(flag)}`;
  return `${letter ? `${letter}, ` : "    "}${flag.word}${value}`;
}

function describeFlag({ definition }: Flag): string {
  const asides = [
    definition.many ? "may be repeated" : "",
    definition.default === undefined || definition.default === false
      ? ""
      : `default ${String(definition.default)}`,
  ].filter((aside) => aside !== "");
  const text = definition.description ?? "";
  return asides.length === 0 ? text : `${text} (${asides.join(", ")})`;
}

function alignRows(rows: readonly [string, string][], columns: number): string[] {
  const width = Math.max(0, ...rows.map(([label]) => label.length)) + 2;
  const room = Math.max(24, columns - INDENT.length - width);
  return rows.flatMap(([label, text]) => {
    const [first = "", ...more] = wrap(text, room).split("\n");
    const rest = more.map((line) => " ".repeat(width) + line);
    return [`${label.padEnd(width)}${first}`.trimEnd(), ...rest];
  });
}

function examplesOf(path: string, takes: Arguments, help: CommandHelp | undefined): string[] {
  const words = [path, ...takes.positionals.map(({ label }) => label.toLowerCase())];
  return (help?.examples ?? [words.join(" ")]).map((example) => `$ ${example}`);
}

/** Breaks lines at spaces. Lines that the text has already stay. */
function wrap(text: string, columns: number): string {
  return Bun.wrapAnsi(text, columns, { trim: true });
}
