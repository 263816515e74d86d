import type { JsonValue } from "../../base/json.ts";
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

function containsAt(whole: JsonValue, part: JsonValue, progress: Progress): boolean {
  const { run, depth } = progress;
  if (depth > VALUE_DEPTH_MAX) raise("Containment check too deep");
  run.spend(1);
  const deeper = { run, depth: depth + 1 };
  if (typeof whole === "string" && typeof part === "string") return whole.includes(part);
  if (Array.isArray(whole) && Array.isArray(part)) {
    return part.every((wanted) => whole.some((item) => containsAt(item, wanted, deeper)));
  }
  if (isObject(whole) && isObject(part)) {
    return Object.keys(part).every(
      (key) =>
        Object.hasOwn(whole, key) && containsAt(whole[key] ?? null, part[key] ?? null, deeper),
    );
  }
  return equal(whole, part);
}
