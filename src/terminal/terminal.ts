import { type ConsolaInstance, createConsola } from "consola/core";

import type { JsonValue } from "../base/json.ts";
import { writeWhole } from "./output.ts";
import { indented, plainJson, styledText } from "./plain-text.ts";
import { createStyle, type Style, wantsColor } from "./style.ts";

const STDOUT = 1;
const STDERR = 2;
/** Consola's levels: warnings only, and everything up to `success`. */
const LEVEL_QUIET = 1;
const LEVEL_TALKATIVE = 3;

/** Where a command puts its words: results on stdout, everything else on stderr. */
export interface Terminal {
  /** The result is to be one JSON document. */
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  /** Width of stdout; undefined where it is no terminal. */
  readonly columns: number | undefined;
  readonly style: Style;
  /** `info` and `success` are silent with `--quiet`; `warn` is not. */
  readonly talk: Pick<ConsolaInstance, "info" | "success" | "warn">;
  /** What stderr can do: whether it is a terminal that can be redrawn, how wide it is, and its colours. */
  readonly screen: Screen;
  /** A result: the text and a newline. */
  print(text: string): void;
  /** A result as one JSON document: indented for a person, on one line for a pipe. */
  printJson(value: object): void;
  /** One line of a stream of JSON documents. */
  printJsonLine(value: JsonValue | object): void;
}

export interface Screen {
  readonly isInteractive: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly style: Style;
  write(text: string): void;
}

/** What of `process` a terminal needs. */
export interface Host {
  readonly stdout: { isTTY?: boolean; columns?: number };
  readonly stderr: { isTTY?: boolean; columns?: number; rows?: number };
  readonly env: Record<string, string | undefined>;
}

export function openTerminal(host: Host, wants: { json: boolean; quiet: boolean }): Terminal {
  const screen = openScreen(host);
  let talk: ConsolaInstance | undefined;
  const columns = host.stdout.isTTY ? (host.stdout.columns ?? 80) : undefined;
  return {
    isJson: wants.json,
    isQuiet: wants.quiet,
    columns,
    style: createStyle(wantsColor(host.stdout, host.env)),
    get talk() {
      talk ??= createTalk(screen, wants.quiet ? LEVEL_QUIET : LEVEL_TALKATIVE);
      return talk;
    },
    screen,
    print: (text) => writeWhole(STDOUT, `${styledText(text)}\n`),
    printJson: (value) => printJson(value, columns === undefined ? 0 : 2),
    printJsonLine: (value) => printJson(value, 0),
  };
}

function printJson(value: JsonValue | object, indent: number): void {
  writeWhole(STDOUT, `${plainJson(JSON.stringify(value, null, indent))}\n`);
}

function openScreen(host: Host): Screen {
  return {
    isInteractive: host.stderr.isTTY === true && host.env["TERM"] !== "dumb",
    // Asked each time, for a window changes its size; 0 where nobody told the terminal.
    get columns() {
      return host.stderr.columns || 80;
    },
    get rows() {
      return host.stderr.rows || 24;
    },
    style: createStyle(wantsColor(host.stderr, host.env)),
    write: (text) => writeWhole(STDERR, text),
  };
}

/** Our own reporter: consola's write to stdout, and colour where there is no terminal. */
function createTalk(screen: Screen, level: number): ConsolaInstance {
  return createConsola({
    level,
    // Repeated lines are not ours to swallow.
    throttle: 0,
    reporters: [
      {
        log: ({ type, args }) => {
          const text = styledText(args.map(String).join(" "));
          const isWarning = type === "warn";
          const line = isWarning ? `${screen.style.yellow("warning:")} ${indented(text)}` : text;
          screen.write(`${line}\n`);
        },
      },
    ],
  });
}
