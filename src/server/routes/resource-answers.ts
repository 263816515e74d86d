import type { z } from "zod";

import { ApplyResult, ResourcePage, type StoredResource } from "../../schema/api/resource.ts";
import type { Resource } from "../../schema/kinds.ts";
import { inputError } from "../../schema/parse-input.ts";
import type { Store } from "../../store/open-store.ts";
import type { ResourceAddress, WriteOptions } from "../../store/resources.ts";
import { refuse } from "../find-resource.ts";
import { HttpError } from "../http-error.ts";
import type { Answer } from "../route.ts";
import { etagOf, stale } from "../write-options.ts";

type Answers = Readonly<Record<number, Answer>>;

export function stored(schema: z.ZodType): Answers {
  return { 200: { description: "The resource. Its ETag is in the header.", schema } };
}
export const PAGE: Answers = {
  200: { description: "A page, newest first.", schema: ResourcePage },
};
export const APPLIED: Answers = {
  200: { description: "It was there: changed, or the same already.", schema: ApplyResult },
  201: { description: "It was created.", schema: ApplyResult },
};
export const DELETED: Answers = {
  200: { description: "What was deleted, or with `dryRun` would have been.", schema: ResourcePage },
};

export function answerStored(resource: StoredResource): Response {
  return Response.json(resource, { headers: { etag: etagOf(resource.status.generation) } });
}

/** The name stands in the path and in the manifest; two different ones would be a mistake in one of them. */
export function refuseOtherName(resource: Resource, name: string): void {
  if (resource.metadata.name === name) return;
  throw inputError({ what: "the request body" }, [
    {
      message: "the name differs from that in the path",
      pointer: "/metadata/name",
      expected: `"${name}"`,
      got: `"${resource.metadata.name}"`,
    },
  ]);
}

export async function answerApply(
  store: Store,
  { resource, version }: { resource: Resource; version: string },
  options: WriteOptions,
): Promise<Response> {
  const applied = await store.resources.apply(resource, version, options);
  if (applied.outcome === "stale") {
    throw stale(`${resource.kind} "${resource.metadata.name}"`, applied.generation);
  }
  return Response.json(applied, {
    status: applied.outcome === "created" && !options.dryRun ? 201 : 200,
    headers: { etag: etagOf(applied.resource.status.generation) },
  });
}

export async function answerDelete(
  store: Store,
  address: ResourceAddress,
  options: WriteOptions & { readonly allVersions: boolean },
): Promise<Response> {
  await refuseSeveral(store, address, options.allVersions);
  const items = await store.resources.delete(address, options);
  if (items === "stale") {
    const now = await store.resources.get(address);
    throw stale(`${address.kind} "${address.nameOrId}"`, now?.status.generation);
  }
  return items.length === 0 ? refuse(store, address) : Response.json({ items });
}

/** To delete every version, or only the newest, because none was named: each could be what was not meant. */
async function refuseSeveral(
  store: Store,
  { kind, nameOrId, version }: ResourceAddress,
  allVersions: boolean,
): Promise<void> {
  if (allVersions || version !== undefined) return;
  const versions = await store.resources.versions(kind, nameOrId);
  if (versions.length < 2) return;
  throw new HttpError(
    409,
    "conflict",
    `"${nameOrId}" has ${versions.length} versions: ${versions.join(", ")}`,
    {
      hint: `name one, as in "${nameOrId}@${versions[0]}", or delete all with --all-versions (allVersions=true)`,
    },
  );
}
