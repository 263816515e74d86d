import type { JsonObject, JsonValue } from "../../src/base/json.ts";

/** A small seeded generator (mulberry32), so that a failure can be repeated. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export interface Mutant {
  readonly what: string;
  readonly document: JsonValue;
}

type Path = readonly string[];

const values: readonly JsonValue[] = JSON.parse(
  `[null, true, 5, -1, 1.5, "", "text", "\${ .a }", "PT5S", "https://example.com/{id}", [], {}, ["text"], [{}],
    { "use": "x" }, { "seconds": 1 }, { "name": { "wait": "PT1S" } }]`,
);

/** Every document that differs from this one at one place: dropped, renamed, retyped, or with a stranger beside it. */
export function mutantsOf(document: JsonValue): Mutant[] {
  const mutants: Mutant[] = [];
  for (const path of pathsOf(document)) {
    const key = path.at(-1) ?? "";
    const change = (what: string, edit: (parent: JsonObject) => void) => {
      const copy = structuredClone(document);
      edit(parentOf(copy, path));
      mutants.push({ what: `${what} /${path.join("/")}`, document: copy });
    };
    change("drop", (parent) => take(parent, key));
    change("rename", (parent) => {
      parent[`${key}x`] = take(parent, key);
    });
    change("add beside", (parent) => {
      parent["stranger"] = 1;
    });
    for (const value of values) {
      change(`put ${JSON.stringify(value)} at`, (parent) => {
        parent[key] = structuredClone(value);
      });
    }
  }
  return mutants;
}

/** Puts a random piece of a document at a random place of another, which makes new combinations of true parts. */
export function graft(from: JsonValue, onto: JsonValue, random: (below: number) => number): Mutant {
  const source = pick(pathsOf(from), random);
  const target = pick(pathsOf(onto), random);
  const copy = structuredClone(onto);
  const sourceKey = source.at(-1) ?? "";
  const key = random(2) === 0 ? sourceKey : (target.at(-1) ?? "");
  const piece = structuredClone(parentOf(from, source)[sourceKey] ?? null);
  const parent: JsonValue = parentOf(copy, target);
  if (Array.isArray(parent)) parent.splice(random(parent.length), 0, piece);
  else parent[key] = piece;
  return { what: `graft /${source.join("/")} onto /${target.join("/")} as ${key}`, document: copy };
}

function pick<T>(items: readonly T[], random: (below: number) => number): T {
  const item = items[random(items.length)];
  if (item === undefined) throw new Error("unreachable: nothing to pick from");
  return item;
}

function pathsOf(value: JsonValue | undefined, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [];
  const paths: Path[] = [];
  for (const [key, child] of Object.entries(value)) {
    const here = [...path, key];
    paths.push(here, ...pathsOf(child, here));
  }
  return paths;
}

/** A list counts as an object of its indexes: the edits treat both alike. */
function parentOf(document: JsonValue, path: Path): JsonObject {
  return path
    .slice(0, -1)
    .reduce((parent, key) => parent[key] as JsonObject, document as JsonObject);
}

function take(parent: JsonObject, key: string): JsonValue {
  const value = parent[key] ?? null;
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return value;
}
