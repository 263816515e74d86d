import { JSON_BYTES_MAX, JSON_DEPTH_MAX } from "../base/json-limits.ts";
import type { JsonValue } from "../base/json.ts";

/** About how many characters of JSON. */
const SIZE_MAX = JSON_BYTES_MAX;

/** Why a value is too deep or too large to be kept, or undefined. Ends early, for parts may be shared without end. */
export function excessOf(value: JsonValue): string | undefined {
  return new Tally().add(value, 1);
}

class Tally {
  private size = 0;

  add(value: JsonValue, depth: number): string | undefined {
    this.size += sizeAlone(value);
    if (this.size > SIZE_MAX)
      return `the value is larger than ${SIZE_MAX / 1024 / 1024} MiB of JSON`;
    if (typeof value !== "object" || value === null) return undefined;
    if (depth > JSON_DEPTH_MAX) return `the value nests deeper than ${JSON_DEPTH_MAX} levels`;
    if (Array.isArray(value)) {
      for (const item of value) {
        const excess = this.add(item, depth + 1);
        if (excess !== undefined) return excess;
      }
      return undefined;
    }
    for (const key in value) {
      this.size += key.length + 3;
      const excess = this.add(value[key] ?? null, depth + 1);
      if (excess !== undefined) return excess;
    }
    return undefined;
  }
}

/** Characters of a value without its parts, with a comma. */
function sizeAlone(value: JsonValue): number {
  return typeof value === "string" ? value.length + 3 : 3;
}
