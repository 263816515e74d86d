import type { Run } from "../../src/schema/api/run.ts";
import { plainText } from "../../src/terminal/plain-text.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { connect } from "../connect.ts";
import { command } from "../define.ts";
import { untilInterrupted } from "../interrupt.ts";
import { eventLine } from "./event-line.ts";
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
          else if (event.sequence !== undefined) terminal.print(eventLine(event, terminal));
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
