import type { Run } from "../../src/schema/api/run.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { connect } from "../connect.ts";
import { command } from "../define.ts";
import { ENDED_HELP, hasEnded } from "./has-ended.ts";
import { idArgument } from "./run-id.ts";

export const cancel = command({
  details: `What is running in it is stopped. ${ENDED_HELP}`,
  examples: ['stigmer runs cancel run_0199… --reason "wrong input"'],
  args: {
    id: idArgument,
    reason: {
      type: "string",
      valueHint: "TEXT",
      description: "Why, for whoever looks at it later",
    },
  },
  async run({ id, reason }, terminal) {
    const client = connect();
    const before = await client.getRun(id);
    if (before.endedAt !== undefined) throw hasEnded(before);
    // The wish is kept, so that nothing but its being carried out is still to come.
    report(await client.cancelRun(id, reason), "cancelled", terminal);
  },
});

export const pause = command({
  details: `What is running in it goes on to its end and is kept. ${ENDED_HELP}`,
  examples: ["stigmer runs pause run_0199…"],
  args: { id: idArgument },
  async run({ id }, terminal) {
    report(await connect().pauseRun(id), "is being paused", terminal);
  },
});

export const resume = command({
  details: ENDED_HELP,
  examples: ["stigmer runs resume run_0199…"],
  args: { id: idArgument },
  async run({ id }, terminal) {
    report(await connect().resumeRun(id), "goes on", terminal);
  },
});

function report(run: Run, what: string, terminal: Terminal): void {
  if (terminal.isJson) terminal.printJson(run);
  else terminal.print(`${run.id} ${what}`);
}
