import { StigmerError } from "../base/errors.ts";
import { isId } from "../base/ids.ts";
import { suggest } from "../base/suggest.ts";
import type { StoredResource } from "../schema/api/resource.ts";
import { type Kind, kinds } from "../schema/kinds.ts";
import type { Store } from "../store/open-store.ts";
import type { ResourceAddress } from "../store/resources.ts";

const DEFAULT_NAMESPACE = "default";
const NAMES_MAX = 500;

/** `hello`, `greetings/hello@1.0.0` or an id, as people and paths name a workflow. */
export function workflowAddress(text: string): ResourceAddress {
  if (isId("workflow", text)) return { kind: "Workflow", nameOrId: text };
  const at = text.indexOf("@");
  const name = at === -1 ? text : text.slice(0, at);
  const version = at === -1 ? undefined : text.slice(at + 1);
  return {
    kind: "Workflow",
    nameOrId: name.includes("/") ? name : `${DEFAULT_NAMESPACE}/${name}`,
    version,
  };
}

export async function requireResource(
  store: Store,
  address: ResourceAddress,
): Promise<StoredResource> {
  return (await store.resources.get(address)) ?? (await refuse(store, address));
}

/** Says that it is not there, and what may have been meant. */
export async function refuse(store: Store, address: ResourceAddress): Promise<never> {
  throw await notFound(store, address);
}

async function notFound(store: Store, { kind, nameOrId, version }: ResourceAddress) {
  const { singular, plural } = kinds[kind];
  const versions = version === undefined ? [] : await store.resources.versions(kind, nameOrId);
  if (versions.length > 0) {
    return new StigmerError("not_found", `the workflow "${nameOrId}" has no version ${version}`, {
      hint: `its versions are ${versions.join(", ")}`,
    });
  }
  const near = suggest(nameOrId, await namesOf(store, kind));
  return new StigmerError("not_found", `there is no ${singular} "${nameOrId}"`, {
    hint: near ? `did you mean "${near}"?` : `see \`stigmer list ${plural}\``,
  });
}

export async function namesOf(store: Store, kind: Kind): Promise<string[]> {
  const query = { limit: NAMES_MAX, labels: {}, allVersions: false };
  const { items } = await store.resources.list(kind, query);
  return items.map(({ metadata }) => metadata.name);
}
