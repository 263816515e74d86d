import { messageOf } from "../src/base/errors.ts";
import type { Client } from "../src/client/client.ts";
import type { ApplyResult } from "../src/schema/api/resource.ts";
import type { Style } from "../src/terminal/style.ts";
import type { Terminal } from "../src/terminal/terminal.ts";
import { missingAgents } from "./apply/missing-agents.ts";
import { connect } from "./connect.ts";
import { command } from "./define.ts";
import { fileArgument, loadManifests } from "./manifest.ts";
import type { Manifest } from "./manifest/parse.ts";

export const apply = command({
  details:
    "A file may hold several documents, in YAML or JSON. A workflow document is taken as it is, or as the spec of a manifest. Every document is checked before the first is sent.",
  examples: [
    "stigmer apply -f agent.yaml",
    "stigmer apply -f manifests/ --dry-run",
    "cat agent.yaml | stigmer apply -f -",
  ],
  args: {
    file: fileArgument,
    dryRun: { type: "boolean", description: "Say what would change, and change nothing" },
  },
  async run({ file, dryRun }, terminal) {
    const manifests = await loadManifests(file, { runnable: true });
    const client = connect();
    const results: ApplyResult[] = [];
    for (const { resource, label } of manifests) {
      const result = await client.apply(resource, { dryRun });
      results.push(result);
      if (!terminal.isJson) terminal.print(describe(label, result, dryRun, terminal.style));
    }
    if (terminal.isJson) terminal.printJson({ dryRun, items: results });
    await warnOfMissingAgents(manifests, client, terminal);
  },
});

/** What was asked for is done by now, so that a failure here is no failure of the command. */
async function warnOfMissingAgents(
  manifests: readonly Manifest[],
  client: Pick<Client, "get">,
  { talk }: Terminal,
): Promise<void> {
  try {
    for (const { label, agent } of await missingAgents(manifests, client)) {
      talk.warn(`${label} calls the agent "${agent}", which is not there yet`);
    }
  } catch (error) {
    talk.warn(`cannot tell whether the agents that are called are there: ${messageOf(error)}`);
  }
}

function describe(label: string, { outcome }: ApplyResult, dryRun: boolean, style: Style): string {
  const shown = outcome === "unchanged" ? style.dim(outcome) : style.green(outcome);
  return `${label} ${shown}${dryRun ? " (dry run)" : ""}`;
}
