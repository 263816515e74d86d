import { StigmerError } from "../../src/base/errors.ts";
import type { LogLine } from "../../src/base/log.ts";
import { suggest } from "../../src/base/suggest.ts";
import { followLogs, partsWithLogs, readLogs } from "../../src/supervisor/logs.ts";
import { plainText } from "../../src/terminal/plain-text.ts";
import type { Style } from "../../src/terminal/style.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { untilInterrupted } from "../interrupt.ts";
import { requireOwnServer } from "./report.ts";

export const logs = command({
  details:
    "Lines of all parts are merged by time. The server need not run: what it wrote last is still there.\n" +
    "With --json they are the items of one document; with -f too, each is a line of its own (NDJSON).",
  examples: ["stigmer server logs -n 200", "stigmer server logs -f -c workflow-runner"],
  args: {
    follow: {
      type: "boolean",
      alias: "f",
      description: "Go on with new lines as they are written",
    },
    lines: {
      type: "string",
      alias: "n",
      integer: { min: 0, max: 1_000_000 },
      default: "50",
      valueHint: "NUMBER",
      description: "How many of the last lines to show",
    },
    part: {
      type: "string",
      alias: "c",
      valueHint: "PART",
      description: "Only the lines of one part: server, workflow-runner or agent-runner",
      candidates: () => partsWithLogs(homePaths()),
    },
  },
  async run(values, terminal) {
    requireOwnServer(values);
    const { follow, lines, part } = values;
    const paths = homePaths();
    const wanted = { lines, ...(part === undefined ? {} : { part: knownPart(part) }) };
    const show = (line: LogLine): void => {
      if (terminal.isJson) terminal.printJsonLine(line);
      else terminal.print(formatLine(line, terminal.style));
    };
    if (!follow) {
      const found = readLogs(paths, wanted);
      if (terminal.isJson) return terminal.printJson({ items: found });
      if (found.length === 0) sayNothing(paths.logs, terminal);
      return found.forEach(show);
    }
    return untilInterrupted(async (signal) => {
      for await (const line of followLogs(paths, { ...wanted, signal })) show(line);
    });
  },
});

function knownPart(part: string): string {
  const known = partsWithLogs(homePaths());
  if (known.includes(part)) return part;
  const near = suggest(part, known);
  throw new StigmerError("not_found", `no part "${part}" has written a log`, {
    hint: near ? `did you mean "${near}"?` : `parts with a log: ${known.join(", ") || "none yet"}`,
  });
}

function sayNothing(folder: string, terminal: Terminal): void {
  terminal.talk.info(`nothing has been logged in ${folder}`);
}

const HEAD = new Set(["time", "level", "part", "message"]);

/** As wide as the longest of them. */
const PART_COLUMNS = "workflow-runner".length;

/** `12:03:07  INFO   server           message  key=value`, in local time: a person reads it. */
function formatLine(line: LogLine, style: Style): string {
  const fields = Object.entries(line)
    .filter(([name]) => !HEAD.has(name))
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const level = line.level.toUpperCase().padEnd(5);
  return [
    style.dim(new Date(line.time).toLocaleTimeString("en-GB")),
    line.level === "error" ? style.red(level) : level,
    style.cyan(line.part.padEnd(PART_COLUMNS)),
    plainText(line.message),
    style.dim(plainText(fields.join(" "))),
  ]
    .filter((part) => part !== "")
    .join("  ");
}
