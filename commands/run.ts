import { StigmerError } from "../src/base/errors.ts";
import type { RunCreate } from "../src/schema/api/run.ts";
import { connect } from "./connect.ts";
import { command } from "./define.ts";
import { parseKeyValues } from "./key-value.ts";
import { runnableNames } from "./kind.ts";
import { readText } from "./read-input.ts";
import { followRun } from "./run/follow.ts";
import { fieldArgument, inputArgument, readRunInput } from "./run/input.ts";

export const run = command({
  details:
    "Shows what happens on stderr and prints the result on stdout. Ctrl-C ends the watching, not the run.\n" +
    "The exit status is 0 when the run completed and 1 when it failed or was cancelled.",
  examples: [
    'stigmer run release-writer -m "Three fixes and a dark theme"',
    "stigmer run release-notes --input @commits.json",
    "stigmer run workflow/release-notes -i year=2026 --detach",
  ],
  args: {
    name: {
      type: "positional",
      description: "An agent or a workflow: NAME, agent/NAME, workflow/NAME, NAME@VERSION",
      candidates: () => runnableNames(),
    },
    message: {
      type: "string",
      alias: "m",
      valueHint: "TEXT|-",
      description: "What to say to an agent",
    },
    field: fieldArgument,
    input: inputArgument,
    label: {
      type: "string",
      alias: "l",
      many: true,
      valueHint: "KEY=VALUE",
      description: "Label the run",
    },
    detach: { type: "boolean", alias: "d", description: "Print the run's id and do not wait" },
    events: {
      type: "boolean",
      description: "Print each event as a line of JSON instead of the result",
    },
  },
  async run({ name, message, field, input, label, detach, events }, terminal) {
    if (events && (detach || terminal.isJson)) throw oneOnly(detach ? "--detach" : "--json");
    const body: RunCreate = {
      target: name,
      labels: Object.fromEntries(parseKeyValues("--label", label)),
    };
    const value = await readRunInput(input, field);
    if (value !== undefined) body.input = value;
    if (message !== undefined) body.message = message === "-" ? await readText("-") : message;
    const client = connect();
    const created = await client.createRun(body, { idempotencyKey: Bun.randomUUIDv7() });
    if (!detach) return followRun(client, created, terminal, { events });
    if (terminal.isJson) terminal.printJson(created);
    else terminal.print(created.id);
    return 0;
  },
});

function oneOnly(other: string): StigmerError {
  return new StigmerError("usage", `"--events" and "${other}" can't be had together`, {
    hint: "leave one of them out",
  });
}
