import { isJsonObject } from "../src/base/json.ts";
import type { StoredResource } from "../src/schema/api/resource.ts";
import { connect } from "./connect.ts";
import { command } from "./define.ts";
import { kindArgument, labelOf, nameArgument, parseKind } from "./kind.ts";

/** `delete` itself is a word of the language. */
export const deleteResource = command({
  details:
    "Of a workflow with several versions one must be named, as in NAME@1.0.0, or --all-versions given.\n" +
    "Runs that are under way go on; what has run stays in the list of runs.",
  examples: ["stigmer delete agent release-writer", "stigmer delete workflow release-notes@1.0.0"],
  args: {
    kind: kindArgument,
    name: nameArgument,
    allVersions: { type: "boolean", description: "Delete every version of a workflow" },
    dryRun: { type: "boolean", description: "Say what would be deleted, and delete nothing" },
  },
  async run({ kind, name, allVersions, dryRun }, terminal) {
    const parsed = parseKind(kind);
    const items = await connect().delete(parsed, name, {
      dryRun,
      ...(allVersions && { allVersions }),
    });
    const names = items.map(nameOf);
    if (terminal.isJson) {
      return terminal.printJson({ kind: parsed, name, deleted: !dryRun, items: names });
    }
    for (const each of names) {
      terminal.print(`${labelOf(parsed, each)} ${dryRun ? "would be deleted" : "deleted"}`);
    }
  },
});

/** With its version, where it has one: the others stay. */
function nameOf(resource: StoredResource): string {
  const { name } = resource.metadata;
  if (resource.kind !== "Workflow" || !isJsonObject(resource.spec)) return name;
  const { document } = resource.spec;
  const version = isJsonObject(document) ? document["version"] : undefined;
  return typeof version === "string" ? `${name}@${version}` : name;
}
