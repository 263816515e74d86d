import type { JsonValue } from "../base/json.ts";
import type { Env } from "./env.ts";

/** What a place becomes: a new value, nothing (it is deleted), or `KEEP` when there is nothing to delete. */
export const KEEP: unique symbol = Symbol("keep");
export type Change = JsonValue | undefined | typeof KEEP;

/** Rewrites a value at the places that an expression names. */
export type Update = (value: JsonValue, env: Env, change: (place: JsonValue) => Change) => Change;
