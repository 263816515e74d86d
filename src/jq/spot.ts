import type { JsonValue } from "../base/json.ts";
import type { Env } from "./env.ts";
import { raise } from "./raise.ts";
import { excerpt } from "./values/json-text.ts";
import { pay } from "./values/meter.ts";
import { PATH_LENGTH_MAX } from "./values/update.ts";

/** The last key of a path and the keys before it. */
export interface PathLink {
  readonly key: JsonValue;
  readonly length: number;
  readonly up: PathLink | undefined;
}

/**
 * A value, and the place that the expression was at last. `anchor` is the value of that place; the spot's own value is
 * there (`isPlace`) as long as it is the same one.
 */
export interface Spot {
  readonly value: JsonValue;
  readonly path: PathLink | undefined;
  readonly anchor: JsonValue;
  readonly isPlace: boolean;
}

export type EmitSpot = (spot: Spot) => boolean;

/** The counterpart of `Each` for expressions whose places are asked for. */
export type SpotEach = (at: Spot, env: Env, emit: EmitSpot) => boolean;

export function startSpot(value: JsonValue): Spot {
  return { value, path: undefined, anchor: value, isPlace: true };
}

/** Goes down one key from a spot; `value` is what was found there. */
export function descend(at: Spot, key: JsonValue, value: JsonValue): Spot {
  const length = (at.path?.length ?? 0) + 1;
  if (length > PATH_LENGTH_MAX) raise("Path too deep");
  return { value, path: { key, length, up: at.path }, anchor: value, isPlace: true };
}

/** Another value at the same place: it is there only when it is the very value of the place. */
export function elsewhere(at: Spot, value: JsonValue): Spot {
  if (at.value === value && at.isPlace) return at;
  return { value, path: at.path, anchor: at.anchor, isPlace: value === at.anchor };
}

/** A value that is in no place, such as a number or string that the program itself holds. */
export function nowhere(at: Spot, value: JsonValue): Spot {
  return { value, path: at.path, anchor: at.anchor, isPlace: false };
}

export function requirePlace(at: Spot, attempt: () => string): void {
  if (!at.isPlace)
    raise(`Invalid path expression near attempt to ${attempt()} ${excerpt(at.value)}`);
}

/** The path of a spot as a list of keys. */
export function pathOf(spot: Spot): JsonValue[] {
  if (!spot.isPlace) raise(`Invalid path expression with result ${excerpt(spot.value)}`);
  pay((spot.path?.length ?? 0) / 8);
  const keys: JsonValue[] = [];
  for (let link = spot.path; link !== undefined; link = link.up) keys.push(link.key);
  return keys.toReversed();
}
