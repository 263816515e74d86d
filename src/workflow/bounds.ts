import type { JsonValue } from "../base/json.ts";

/** As deep as the server takes a request's body; what writes values down survives many times that. */
const DEPTH_MAX = 500;
/** About how many characters of JSON: as much as the server takes in a request's body. */
const SIZE_MAX = 16 * 1024 * 1024;

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
    if (depth > DEPTH_MAX) return `the value nests deeper than ${DEPTH_MAX} levels`;
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
