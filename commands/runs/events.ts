import type { RunEvent } from "../../src/schema/api/run-event.ts";
import type { Run } from "../../src/schema/api/run.ts";
import { plainLine, plainText } from "../../src/terminal/plain-text.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { connect } from "../connect.ts";
import { command } from "../define.ts";
import { untilInterrupted } from "../interrupt.ts";
import { idArgument } from "./run-id.ts";

export const events = command({
  details:
    "Events of the runs that it started are shown too. Each is a CloudEvent; --after takes its sequence number.\n" +
    "With --json they are the items of one document; with -f too, each is a line of its own (NDJSON).",
  examples: ["stigmer runs events run_0199… -f", "stigmer runs events run_0199… --json --after 12"],
  args: {
    id: idArgument,
    follow: { type: "boolean", alias: "f", description: "Go on until the run ends" },
    after: {
      type: "string",
      integer: { min: 0, max: Number.MAX_SAFE_INTEGER },
      default: "0",
      valueHint: "NUMBER",
      description: "Only those after this sequence number",
    },
  },
  run({ id, follow, after }, terminal) {
    const client = connect();
    return untilInterrupted(async (signal) => {
      try {
        if (follow) warnOfStuck(await client.getRun(id), terminal);
        const found = client.events(id, { after, follow, signal });
        if (terminal.isJson && !follow) {
          terminal.printJson({ items: await Array.fromAsync(found) });
          return;
        }
        for await (const event of found) {
          if (terminal.isJson) terminal.printJsonLine(event);
          else if (event.sequence !== undefined) terminal.print(lineOf(event, terminal));
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    });
  },
});

/** Whoever follows a run that can't go on would wait for ever. */
function warnOfStuck({ id, problem }: Run, terminal: Terminal): void {
  if (problem === undefined) return;
  terminal.talk.warn(plainText(`${problem}; "stigmer runs cancel ${id}" ends it`));
}

/** `12:03:07.120    7  task.completed  /do/0/greet  {"output":…}`: local time, the type without its maker. */
function lineOf({ time, sequence, type, subject, data }: RunEvent, terminal: Terminal): string {
  const at = new Date(time);
  const clock = `${at.toLocaleTimeString("en-GB")}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  const name = type.replace(/^(?:io\.serverlessworkflow|ai\.stigmer)\./, "").replace(/\.v1$/, "");
  const place = subject === undefined ? "" : `  ${plainLine(subject)}`;
  const head = `${clock}  ${String(sequence).padStart(4)}  ${plainLine(name).padEnd(18)}${place}`;
  const room = terminal.columns === undefined ? undefined : terminal.columns - head.length - 2;
  const details = plainLine(JSON.stringify(data), room === undefined ? room : Math.max(20, room));
  return `${head}  ${terminal.style.dim(details)}`;
}
