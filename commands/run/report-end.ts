import { isJsonObject } from "../../src/base/json.ts";
import type { RunError } from "../../src/durable/errors.ts";
import type { Run } from "../../src/schema/api/run.ts";
import { indented, plainLine, plainText } from "../../src/terminal/plain-text.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";

const DETAIL_COLUMNS_MAX = 1_000;
/** A page of HTML or a listing: its beginning tells what it is. */
const DOCUMENT_COLUMNS_MAX = 200;

/** The result on stdout, a failure on stderr; answers the exit status. */
export function reportEnd(run: Run, terminal: Terminal, options: { events: boolean }): number {
  if (terminal.isJson) terminal.printJson(run);
  if (run.status === "completed") {
    if (!terminal.isJson && !options.events) terminal.print(outputText(run));
    return 0;
  }
  terminal.screen.write(`${failureText(run, terminal)}\n`);
  return 1;
}

/** An agent's answer is its text; anything else is shown as JSON, unless it is text already. */
export function outputText({ kind, output = null }: Run): string {
  if (typeof output === "string") return forReading(output);
  if (kind === "Agent" && isJsonObject(output) && typeof output["text"] === "string") {
    return forReading(output["text"]);
  }
  return JSON.stringify(output, null, 2);
}

function forReading(text: string): string {
  return plainText(text).trimEnd();
}

function failureText({ id, name, status, error }: Run, { screen }: Terminal): string {
  const { style } = screen;
  if (!error) return `${style.red("error:")} the run of ${name} was ${status} (${id})`;
  return [
    `${style.red("error:")} the run of ${name} failed: ${titleOf(error)}`,
    ...detailLines(error),
    `${style.cyan("hint:")} "stigmer runs events ${id}" shows what led to it`,
  ].join("\n");
}

/** A type is a URI for programs: without a title its last word says most. */
export function titleOf({ title, type }: RunError): string {
  return plainLine(title ?? type.split(/[/#]/).findLast(Boolean)?.replaceAll("-", " ") ?? type);
}

export function detailLines({ type, status, detail, instance }: RunError): string[] {
  const rows: [string, string | undefined][] = [
    ["type", type],
    ["status", String(status)],
    ["detail", detail === undefined ? undefined : lineOfDetail(detail)],
    ["instance", instance],
  ];
  return rows.flatMap(([label, value]) =>
    value === undefined ? [] : [`  ${label.padEnd(10)}${indented(plainText(value))}`],
  );
}

/** It is whatever the other side sent, a whole page of HTML too; `--json` has all of it. */
function lineOfDetail(detail: string): string {
  const isDocument = /^\s*<|\n/.test(detail);
  return plainLine(detail, isDocument ? DOCUMENT_COLUMNS_MAX : DETAIL_COLUMNS_MAX);
}
