import { connect } from "./connect.ts";
import { command } from "./define.ts";
import { kindArgument, labelOf, nameArgument, parseKind } from "./kind.ts";

/** `delete` itself is a word of the language. */
export const deleteResource = command({
  details: "Runs that are under way go on; what has run stays in the list of runs.",
  examples: ["stigmer delete agent release-writer", "stigmer delete workflow release-notes@1.0.0"],
  args: {
    kind: kindArgument,
    name: nameArgument,
    dryRun: { type: "boolean", description: "Say what would be deleted, and delete nothing" },
  },
  async run({ kind, name, dryRun }, terminal) {
    const parsed = parseKind(kind);
    await connect().delete(parsed, name, { dryRun });
    if (terminal.isJson) terminal.printJson({ kind: parsed, name, deleted: !dryRun });
    else terminal.print(`${labelOf(parsed, name)} ${dryRun ? "would be deleted" : "deleted"}`);
  },
});
