import { formatDurationMs } from "../../src/base/duration.ts";
import { plainLine } from "../../src/terminal/plain-text.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { type Happening, toHappening } from "./happening.ts";
import type { RunView } from "./view.ts";

/** Values in a line are cut, the line of a log is no place for documents. */
const VALUE_COLUMNS = 100;

/** A line for each thing that matters, for logs and pipes. */
export function createPlainView({ talk }: Pick<Terminal, "talk">): RunView {
  const startedAt = new Map<string, number>();
  return {
    show: (event) => {
      const happening = toHappening(event);
      const line = happening && lineOf(happening, durationOf(startedAt, happening, event.time));
      if (line !== undefined) talk.info(line);
    },
    note: (line) => talk.info(line),
    end: () => {},
  };
}

/** By the times of the events, so that watching later tells the same. */
function durationOf(startedAt: Map<string, number>, happening: Happening, time: string): string {
  if (!("key" in happening)) return "";
  const started = startedAt.get(happening.key);
  if (started !== undefined) return formatDurationMs(Date.parse(time) - started);
  startedAt.set(happening.key, Date.parse(time));
  return "";
}

function lineOf(happening: Happening, duration: string): string | undefined {
  switch (happening.is) {
    case "started":
      return `${nameOf(happening)} started${withInput(happening.input)}`;
    case "ended":
      return `${nameOf(happening)} ${happening.how} after ${duration}${because(happening.reason)}`;
    case "retried":
      return `${happening.path.join("/") || "a step"} is tried again${because(happening.reason)}`;
    case "waiting":
      return plainLine(happening.forWhat);
    case "message":
      return `said: ${plainLine(happening.text, VALUE_COLUMNS)}`;
    case "run":
      return runLine(happening);
    case "text":
      break;
  }
  return undefined;
}

function nameOf({ what, path }: Extract<Happening, { what: string }>): string {
  return `${what} ${plainLine(path.join("/"))}`;
}

function withInput(input: string): string {
  return input === "" ? "" : ` with ${plainLine(input, VALUE_COLUMNS)}`;
}

function runLine({ how, name, runId }: Extract<Happening, { is: "run" }>): string {
  return how === "started" ? `${name} started (${runId})` : `run ${runId} ${how}`;
}

function because(reason: string): string {
  return reason === "" ? "" : `: ${plainLine(reason, VALUE_COLUMNS)}`;
}
