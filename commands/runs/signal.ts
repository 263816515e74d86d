import { connect } from "../connect.ts";
import { command } from "../define.ts";
import { readJson } from "../run/input.ts";
import { ENDED_HELP, hasEnded } from "./has-ended.ts";
import { idArgument } from "./run-id.ts";

const TOLD = {
  accepted: "accepted",
  duplicate: "had been accepted before",
};

export const signal = command({
  details: `It is kept until the run waits for it. The same --signal-id again has no effect. ${ENDED_HELP}`,
  examples: ['stigmer runs signal run_0199… approved --data \'{"by": "Ada"}\''],
  args: {
    id: idArgument,
    name: { type: "positional", description: "The name that the run waits for" },
    data: { type: "string", valueHint: "JSON|@FILE|-", description: "What comes with it" },
    signalId: {
      type: "string",
      valueHint: "TEXT",
      description: "Tells a repetition from a second signal",
    },
  },
  async run({ id, name, data, signalId }, terminal) {
    const client = connect();
    const { result } = await client.signalRun(id, {
      name,
      ...(data === undefined ? {} : { data: await readJson("--data", data) }),
      ...(signalId === undefined ? {} : { id: signalId }),
    });
    if (result === "ended") throw hasEnded(await client.getRun(id));
    if (terminal.isJson) terminal.printJson({ result });
    else terminal.print(`signal ${name} ${TOLD[result]}`);
  },
});
