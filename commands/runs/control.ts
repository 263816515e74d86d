import type { Run } from "../../src/schema/api/run.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { connect } from "../connect.ts";
import { command } from "../define.ts";
import { idArgument } from "./run-id.ts";

export const cancel = command({
  details: "What is running in it is stopped. A run that has ended stays as it is.",
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
    const { isOver, before } = await look(id);
    if (isOver) return report(before, `had ended before: ${before.status}`, terminal);
    // The wish is kept, so that nothing but its being carried out is still to come.
    report(await connect().cancelRun(id, reason), "cancelled", terminal);
  },
});

export const pause = command({
  details: "What is running in it goes on to its end and is kept.",
  examples: ["stigmer runs pause run_0199…"],
  args: { id: idArgument },
  async run({ id }, terminal) {
    report(await connect().pauseRun(id), "is being paused", terminal);
  },
});

export const resume = command({
  examples: ["stigmer runs resume run_0199…"],
  args: { id: idArgument },
  async run({ id }, terminal) {
    report(await connect().resumeRun(id), "goes on", terminal);
  },
});

async function look(id: string): Promise<{ before: Run; isOver: boolean }> {
  const before = await connect().getRun(id);
  return { before, isOver: before.endedAt !== undefined };
}

function report(run: Run, what: string, terminal: Terminal): void {
  if (terminal.isJson) terminal.printJson(run);
  else terminal.print(`${run.id} ${what}`);
}
