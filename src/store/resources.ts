import { type Kysely, type Selectable, sql, type Transaction } from "kysely";

import { newId } from "../base/ids.ts";
import { type JsonValue, parseJson, toCanonicalJson } from "../base/json.ts";
import { type ApplyResult, type ResourcePage, StoredResource } from "../schema/api/resource.ts";
import { type Kind, kinds, type Resource } from "../schema/kinds.ts";
import { API_VERSION } from "../schema/resource.ts";
import { fromCursor, toCursor } from "./cursor.ts";
import { hasLabels, Labels } from "./labels.ts";
import type { ResourceTable, Tables } from "./tables.ts";

/** Which resource is meant: by id, or by name and, where the kind has versions, a version (else the newest). */
export interface ResourceAddress {
  readonly kind: Kind;
  readonly nameOrId: string;
  readonly version?: string | undefined;
}

export interface WriteOptions {
  /** Goes ahead only when the resource is at this generation now. */
  readonly ifGeneration?: number | undefined;
  /** Says what would happen and changes nothing. */
  readonly dryRun?: boolean | undefined;
}

/** `stale`: the resource is not at the generation that was asked for. */
export type Applied = ApplyResult | { readonly outcome: "stale"; readonly generation?: number };

export interface Resources {
  /** Creates or replaces; `version` is "" for kinds without versions. */
  apply(resource: Resource, version: string, options?: WriteOptions): Promise<Applied>;
  get(address: ResourceAddress): Promise<StoredResource | undefined>;
  /** Every version of a name, newest version first. */
  versions(kind: Kind, name: string): Promise<string[]>;
  list(kind: Kind, query: ResourceList): Promise<ResourcePage>;
  /** What was deleted; every version where none is named. */
  delete(address: ResourceAddress, options?: WriteOptions): Promise<StoredResource[] | "stale">;
}

export interface ResourceList {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly labels: Labels;
  /** Without it only the newest version of each name. */
  readonly allVersions: boolean;
}

type Row = Selectable<ResourceTable>;
type Reader = Kysely<Tables> | Transaction<Tables>;

export function openResources(database: Kysely<Tables>, now: () => Date): Resources {
  return {
    apply: (resource, version, options = {}) =>
      database
        .transaction()
        .execute((transaction) => apply(transaction, { resource, version, options, now: now() })),
    get: async (address) => {
      const row = await find(database, address);
      return row && toStored(row);
    },
    versions: (kind, name) => versionsOf(database, kind, name),
    list: (kind, query) => list(database, kind, query),
    delete: (address, options = {}) =>
      database.transaction().execute((transaction) => remove(transaction, address, options)),
  };
}

interface Apply {
  readonly resource: Resource;
  readonly version: string;
  readonly options: WriteOptions;
  readonly now: Date;
}

async function apply(database: Reader, request: Apply): Promise<Applied> {
  const { resource, version, options } = request;
  const { kind, metadata } = resource;
  const before = await findVersion(database, kind, metadata.name, version);
  if (options.ifGeneration !== undefined && before?.generation !== options.ifGeneration) {
    return before ? { outcome: "stale", generation: before.generation } : { outcome: "stale" };
  }
  const after = nextRow(before, request);
  if (before && isSame(before, after)) return { outcome: "unchanged", resource: toStored(before) };
  if (!options.dryRun) {
    await database.replaceInto("resources").values(after).execute();
    await markNewest(database, kind, metadata.name);
  }
  return { outcome: before ? "changed" : "created", resource: toStored(after) };
}

function nextRow(before: Row | undefined, { resource, version, now }: Apply): Row {
  const { kind, metadata, spec } = resource;
  const fresh = {
    id: newId(kinds[kind].idKind),
    generation: 0,
    is_newest: 0,
    created_at: now.toISOString(),
  };
  const { id, generation, is_newest, created_at } = before ?? fresh;
  return {
    id,
    kind,
    name: metadata.name,
    version,
    is_newest,
    spec: JSON.stringify(spec),
    labels: JSON.stringify(metadata.labels),
    generation: generation + 1,
    created_at,
    updated_at: now.toISOString(),
  };
}

function isSame(before: Row, after: Row): boolean {
  const text = ({ spec, labels }: Row) => toCanonicalJson([parseJson(spec), parseJson(labels)]);
  return text(before) === text(after);
}

async function markNewest(database: Reader, kind: Kind, name: string): Promise<void> {
  const [newest] = await versionsOf(database, kind, name);
  if (newest === undefined) return;
  await database
    .updateTable("resources")
    .set({ is_newest: sql<number>`version = ${newest}` })
    .where("kind", "=", kind)
    .where("name", "=", name)
    .execute();
}

async function versionsOf(database: Reader, kind: Kind, name: string): Promise<string[]> {
  const rows = await database
    .selectFrom("resources")
    .select("version")
    .where("kind", "=", kind)
    .where("name", "=", name)
    .execute();
  return rows.map(({ version }) => version).toSorted((a, b) => Bun.semver.order(b, a));
}

async function find(
  database: Reader,
  { kind, nameOrId, version }: ResourceAddress,
): Promise<Row | undefined> {
  const byId = await database
    .selectFrom("resources")
    .selectAll()
    .where("kind", "=", kind)
    .where("id", "=", nameOrId)
    .executeTakeFirst();
  if (byId || version !== undefined) {
    return byId ?? findVersion(database, kind, nameOrId, version ?? "");
  }
  return database
    .selectFrom("resources")
    .selectAll()
    .where("kind", "=", kind)
    .where("name", "=", nameOrId)
    .where("is_newest", "=", 1)
    .executeTakeFirst();
}

function findVersion(
  database: Reader,
  kind: Kind,
  name: string,
  version: string,
): Promise<Row | undefined> {
  return database
    .selectFrom("resources")
    .selectAll()
    .where("kind", "=", kind)
    .where("name", "=", name)
    .where("version", "=", version)
    .executeTakeFirst();
}

/** Ids grow with time, so that their order is the order of creation. */
async function list(database: Reader, kind: Kind, query: ResourceList): Promise<ResourcePage> {
  const { limit, cursor, labels, allVersions } = query;
  const rows = await database
    .selectFrom("resources")
    .selectAll()
    .where("kind", "=", kind)
    .where(hasLabels("labels", labels))
    .$if(!allVersions, (some) => some.where("is_newest", "=", 1))
    .$if(cursor !== undefined, (some) => some.where("id", "<", fromCursor(kind, cursor ?? "")))
    .orderBy("id", "desc")
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(toStored);
  const last = items.at(-1);
  return rows.length > limit && last
    ? { items, nextCursor: toCursor(kind, last.status.id) }
    : { items };
}

async function remove(
  database: Reader,
  address: ResourceAddress,
  { ifGeneration, dryRun }: WriteOptions,
): Promise<StoredResource[] | "stale"> {
  const named = await find(database, address);
  if (!named) return ifGeneration === undefined ? [] : "stale";
  if (ifGeneration !== undefined && named.generation !== ifGeneration) return "stale";
  const isOneMeant = address.version !== undefined || named.id === address.nameOrId;
  const rows = await database
    .selectFrom("resources")
    .selectAll()
    .where("kind", "=", named.kind)
    .where("name", "=", named.name)
    .$if(isOneMeant, (some) => some.where("id", "=", named.id))
    .execute();
  if (!dryRun) {
    const ids = rows.map(({ id }) => id);
    await database.deleteFrom("resources").where("id", "in", ids).execute();
    await markNewest(database, address.kind, named.name);
  }
  return rows.map(toStored);
}

function toStored(row: Row): StoredResource {
  const labels: JsonValue = Labels.parse(parseJson(row.labels));
  return StoredResource.parse({
    apiVersion: API_VERSION,
    kind: row.kind,
    metadata: { name: row.name, labels },
    spec: parseJson(row.spec),
    status: {
      id: row.id,
      generation: row.generation,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    },
  });
}
