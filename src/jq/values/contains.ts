import type { JsonObject, JsonValue } from "../../base/json.ts";
import { raise } from "../raise.ts";
import type { Run } from "../run.ts";
import { describe } from "./json-text.ts";
import { isObject, kindOf } from "./kind.ts";
import { equal, VALUE_DEPTH_MAX } from "./order.ts";

/** Whether `whole` has all of `part` in it: keys of objects, items of arrays, parts of strings. */
export function contains(whole: JsonValue, part: JsonValue, run: Run): boolean {
  const areBothBoolean = typeof whole === "boolean" && typeof part === "boolean";
  if (kindOf(whole) !== kindOf(part) || (areBothBoolean && whole !== part)) {
    return raise(`${describe(whole)} and ${describe(part)} cannot have their containment checked`);
  }
  return containsAt(whole, part, { run, depth: 0 });
}

interface Progress {
  readonly run: Run;
  readonly depth: number;
}

/** Walks with loops, as callbacks would take the stack of a deep value several times over. */
function containsAt(whole: JsonValue, part: JsonValue, progress: Progress): boolean {
  const { run, depth } = progress;
  if (depth > VALUE_DEPTH_MAX) raise("Containment check too deep");
  run.spend(1);
  if (typeof whole === "string" && typeof part === "string") return whole.includes(part);
  const deeper = { run, depth: depth + 1 };
  if (Array.isArray(whole) && Array.isArray(part)) {
    for (const wanted of part) if (!hasItem(whole, wanted, deeper)) return false;
    return true;
  }
  if (!isObject(whole) || !isObject(part)) return equal(whole, part);
  return containsFields(whole, part, deeper);
}

function containsFields(whole: JsonObject, part: JsonObject, progress: Progress): boolean {
  for (const key of Object.keys(part)) {
    if (!Object.hasOwn(whole, key)) return false;
    if (!containsAt(whole[key] ?? null, part[key] ?? null, progress)) return false;
  }
  return true;
}

function hasItem(items: readonly JsonValue[], wanted: JsonValue, progress: Progress): boolean {
  const [only] = items;
  if (items.length === 1 && only !== undefined) return followChain(only, wanted, progress);
  for (const item of items) if (containsAt(item, wanted, progress)) return true;
  return false;
}

/** Goes down lists of one item in a loop: that is what very deep values are made of. */
function followChain(start: JsonValue, wanted: JsonValue, { run, depth }: Progress): boolean {
  let whole = start;
  let part = wanted;
  let level = depth;
  while (Array.isArray(whole) && Array.isArray(part) && whole.length === 1 && part.length === 1) {
    if (level > VALUE_DEPTH_MAX) raise("Containment check too deep");
    run.spend(1);
    whole = whole[0] ?? null;
    part = part[0] ?? null;
    level += 1;
  }
  return containsAt(whole, part, { run, depth: level });
}
