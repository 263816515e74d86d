import { isJsonObject } from "../src/base/json.ts";
import type { StoredResource } from "../src/schema/api/resource.ts";
import { kinds } from "../src/schema/kinds.ts";
import { formatAge } from "../src/terminal/relative-time.ts";
import { formatTable } from "../src/terminal/table.ts";
import { connect } from "./connect.ts";
import { command } from "./define.ts";
import { kindArgument, parseKind } from "./kind.ts";
import { limitArgument, readPages } from "./paging.ts";

export const list = command({
  details: "The newest first.",
  examples: ["stigmer list agents", "stigmer list workflows --label team=docs"],
  args: {
    kind: kindArgument,
    label: {
      type: "string",
      alias: "l",
      many: true,
      valueHint: "KEY=VALUE",
      description: "Only those with this label",
    },
    limit: limitArgument,
  },
  async run({ kind, label, limit }, terminal) {
    const parsed = parseKind(kind);
    const client = connect();
    const query = label.length === 0 ? {} : { label: label.join(",") };
    const { items, more } = await readPages<StoredResource>(limit, (page) =>
      client.list(parsed, { ...query, ...page }),
    );
    if (terminal.isJson) return terminal.printJson({ items, more });
    if (items.length === 0) return terminal.talk.info(`no ${kinds[parsed].plural}`);
    const nowMs = Date.now();
    const rows = items.map((item) => [
      item.metadata.name,
      versionOf(item),
      formatAge(item.status.updatedAt, nowMs),
      descriptionOf(item),
    ]);
    terminal.print(formatTable(["NAME", "VERSION", "UPDATED", "DESCRIPTION"], rows, terminal));
    if (more) terminal.talk.info(`there are more: --limit ${limit * 2} shows them`);
  },
});

/** A workflow has its document's version, an agent counts its changes. */
function versionOf(resource: StoredResource): string {
  const version = documentOf(resource)["version"];
  return typeof version === "string" ? version : String(resource.status.generation);
}

function descriptionOf(resource: StoredResource): string {
  if (resource.kind === "Agent") return resource.spec.description;
  const { title, summary } = documentOf(resource);
  return [title, summary].find((text) => typeof text === "string") ?? "";
}

function documentOf(resource: StoredResource): Readonly<Record<string, unknown>> {
  if (resource.kind !== "Workflow" || !isJsonObject(resource.spec)) return {};
  const { document } = resource.spec;
  return isJsonObject(document) ? document : {};
}
