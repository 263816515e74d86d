import { isJsonObject, Json, type JsonValue, toCanonicalJson } from "../../src/base/json.ts";
import type { Resource } from "../../src/schema/kinds.ts";
import { Agent } from "../../src/schema/kinds/agent.ts";
import { Workflow } from "../../src/schema/kinds/workflow.ts";

/** The manifest without every field that would be the same if it were not written. */
export function withoutDefaults(resource: Resource): JsonValue {
  const manifest = structuredClone(Json.parse(resource));
  const meant = toCanonicalJson(manifest);
  const isAgent = resource.kind === "Agent";
  const isSame = (): boolean => {
    const parsed = (isAgent ? Agent : Workflow).safeParse(manifest);
    return parsed.success && toCanonicalJson(Json.parse(parsed.data)) === meant;
  };
  // A workflow's document is its author's: nothing in it is a default of ours.
  const ours = isAgent || !isJsonObject(manifest) ? manifest : manifest["metadata"];
  if (ours !== undefined) drop(ours, isSame);
  return manifest;
}

/** Each field that stays is put back at the end, so that all keep their order. */
function drop(value: JsonValue, isSame: () => boolean): void {
  if (Array.isArray(value)) for (const item of value) drop(item, isSame);
  if (!isJsonObject(value)) return;
  for (const [key, child] of Object.entries(value)) {
    delete value[key];
    if (isSame()) continue;
    value[key] = child;
    drop(child, isSame);
  }
}
