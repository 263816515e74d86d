import { isJsonObject, type JsonValue } from "../../src/base/json.ts";
import type { RunEvent } from "../../src/schema/api/run-event.ts";
import { plainLine } from "../../src/terminal/plain-text.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";

/** However narrow the terminal is, this much of an event's data is shown. */
const DETAILS_COLUMNS_MIN = 20;
/** Of an error this says most, so that it must not be what a narrow terminal cuts off. */
const FIRST = ["error", "title", "detail"];

/** `12:03:07.120    7  task.completed  /do/0/greet  {"output":…}`: local time, the type without its maker. */
export function eventLine(
  { time, sequence, type, subject, data }: RunEvent,
  { columns, style }: Pick<Terminal, "columns" | "style">,
): string {
  const at = new Date(time);
  const clock = `${at.toLocaleTimeString("en-GB")}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  const name = type.replace(/^(?:io\.serverlessworkflow|ai\.stigmer)\./, "").replace(/\.v1$/, "");
  const place = subject === undefined ? "" : `  ${plainLine(subject)}`;
  const head = `${clock}  ${String(sequence).padStart(4)}  ${plainLine(name).padEnd(18)}${place}`;
  const room =
    columns === undefined ? undefined : Math.max(DETAILS_COLUMNS_MIN, columns - head.length - 2);
  const json = JSON.stringify(isJsonObject(data) ? tellingFirst(data) : data);
  // Off a terminal it is one JSON text, for whoever cuts it out.
  const text = columns === undefined ? json : `${sentenceOf(data)}${json}`;
  return `${head}  ${style.dim(plainLine(text, room))}`;
}

/** What failed, in words; empty where nothing did. */
function sentenceOf(data: JsonValue): string {
  const error = isJsonObject(data) ? data["error"] : undefined;
  if (!isJsonObject(error)) return "";
  const words = [error["title"], error["detail"]].filter((part) => typeof part === "string");
  return words.length === 0 ? "" : `${words.join(": ")} `;
}

function tellingFirst(data: Readonly<Record<string, JsonValue>>): Record<string, JsonValue> {
  if (!isJsonObject(data["error"])) return { ...data };
  return { ...inFront(data), error: inFront(data["error"]) };
}

function inFront(value: Readonly<Record<string, JsonValue>>): Record<string, JsonValue> {
  const first = FIRST.flatMap((name) => (value[name] === undefined ? [] : [[name, value[name]]]));
  return { ...Object.fromEntries(first), ...value };
}
