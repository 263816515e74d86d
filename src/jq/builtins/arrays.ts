import type { JsonValue } from "../../base/json.ts";
import { type Code, collect, one } from "../code.ts";
import { iterate } from "../compile/access.ts";
import type { Env } from "../env.ts";
import { raise } from "../raise.ts";
import type { Run } from "../run.ts";
import { access, placesOf, slice } from "../values/access.ts";
import { subtract } from "../values/arithmetic.ts";
import { describe } from "../values/json-text.ts";
import { isObject } from "../values/kind.ts";
import { lengthOf } from "../values/length.ts";
import { compare, equal, sorted } from "../values/order.ts";
import { placesInText } from "../values/search.ts";
import { argumentCode, binary, type Call, type Native, type Natives, unary } from "./native.ts";

/** Builtins for arrays: order, groups, extremes, shape. */
export const arrays: Natives = {
  "sort/0": unary((input, env) => sorted(requireSortable(input, env.run))),
  "sort_by/1": byKey((items) => items.map((item) => item.value)),
  "group_by/1": byKey((items) => groups(items).map((group) => group.map((item) => item.value))),
  "unique_by/1": byKey((items) =>
    groups(items).flatMap((group) => group.slice(0, 1).map((item) => item.value)),
  ),
  "unique/0": unary((input, env) => unique(requireSortable(input, env.run))),
  "min/0": unary((input) => extreme(pairs(input), -1)),
  "max/0": unary((input) => extreme(pairs(input), 1)),
  "min_by/1": extremeBy(-1),
  "max_by/1": extremeBy(1),
  "reverse/0": unary(reverse),
  "flatten/0": unary((input, env) => flatten(input, Number.POSITIVE_INFINITY, env.run)),
  "flatten/1": binary(flattenTo),
  "indices/1": binary(indices),
  "index/1": binary((input, part, env) => access(indices(input, part, env), 0)),
  "rindex/1": binary((input, part, env) => access(slice(indices(input, part, env), LAST), 0)),
  "transpose/0": unary(transpose),
  "bsearch/1": binary(search),
};

const LAST = { start: -1, end: null };

function requireSortable(input: JsonValue, run: Run): JsonValue[] {
  if (!Array.isArray(input))
    return raise(`${describe(input)} cannot be sorted, as it is not an array`);
  run.spend(input.length);
  return input;
}

interface Keyed {
  readonly value: JsonValue;
  readonly key: JsonValue;
}

/** A builtin that sorts by what an expression gives for each item; several outputs count one after the other. */
function byKey(finish: (items: readonly Keyed[]) => JsonValue): Native {
  return {
    code: (call) => {
      const keyed = keyedItems(call, "sorted, as they are not both arrays");
      return one((input, env) => {
        const items = keyed(input, env);
        return finish(items.toSorted((a, b) => compare(a.key, b.key)));
      });
    },
  };
}

/** The items of an array with their keys. Keys are computed before anything else can be found wrong. */
function keyedItems(call: Call, refusal: string): (input: JsonValue, env: Env) => Keyed[] {
  const { keyOf, isList } = keyCode(call);
  return (input, env) => {
    const items: Keyed[] = [];
    iterate(input, env, (value) => {
      items.push({ value, key: keyOf(value, env) });
      return false;
    });
    if (Array.isArray(input)) return items;
    const keys = items.map(({ key }) => (isList ? key : [key]));
    return raise(`${describe(input)} and ${describe(keys)} cannot be ${refusal}`);
  };
}

interface KeyCode {
  readonly keyOf: (value: JsonValue, env: Env) => JsonValue;
  readonly isList: boolean;
}

/** One key is compared as it is, and several as a list, which orders the same way. */
function keyCode(call: Call): KeyCode {
  const code: Code = argumentCode(call, 0);
  if (code.kind === "one") return { keyOf: code.get, isList: false };
  return { keyOf: (value, env) => collect(code, value, env), isList: true };
}

function groups(items: readonly Keyed[]): Keyed[][] {
  const result: Keyed[][] = [];
  for (const item of items) {
    const group = result.at(-1);
    if (group?.[0] !== undefined && equal(group[0].key, item.key)) group.push(item);
    else result.push([item]);
  }
  return result;
}

function unique(items: readonly JsonValue[]): JsonValue[] {
  const ordered = sorted(items);
  return ordered.filter((item, index) => index === 0 || !equal(ordered[index - 1] ?? null, item));
}

function pairs(input: JsonValue): Keyed[] {
  if (Array.isArray(input)) return input.map((value) => ({ value, key: value }));
  return raise(`${describe(input)} and ${describe(input)} cannot be iterated over`);
}

/** Of equal values the first is the least and the last the greatest. */
function extreme(items: readonly Keyed[], sign: -1 | 1): JsonValue {
  let best: Keyed | undefined;
  for (const item of items) {
    const order = best === undefined ? 1 : compare(item.key, best.key) * sign;
    if (order > 0 || (order === 0 && sign === 1)) best = item;
  }
  return best?.value ?? null;
}

function extremeBy(sign: -1 | 1): Native {
  return {
    code: (call) => {
      const keyed = keyedItems(call, "iterated over");
      return one((input, env) => extreme(keyed(input, env), sign));
    },
  };
}

function reverse(input: JsonValue): JsonValue {
  if (Array.isArray(input)) return input.toReversed();
  const length = lengthOf(input);
  return length === 0 ? [] : access(input, Number(length) - 1);
}

function flattenTo(input: JsonValue, depth: JsonValue, env: Env): JsonValue {
  if (compare(depth, 0) < 0) return raise("flatten depth must not be negative");
  if (typeof depth === "number") return flatten(input, depth, env.run);
  const hasNested = itemsOf(input).some((item) => Array.isArray(item));
  return hasNested ? subtract(depth, 1, env.run) : flatten(input, 0, env.run);
}

function itemsOf(input: JsonValue): readonly JsonValue[] {
  const items = isObject(input) ? Object.values(input) : input;
  return Array.isArray(items) ? items : raise(`Cannot iterate over ${describe(input)}`);
}

function flatten(input: JsonValue, depth: number, run: Run): JsonValue {
  const result: JsonValue[] = [];
  const visit = (list: readonly JsonValue[], left: number): void => {
    for (const item of list) {
      run.spend(1);
      if (Array.isArray(item) && left > 0) visit(item, left - 1);
      else result.push(item);
    }
  };
  visit(itemsOf(input), depth);
  return result;
}

function indices(input: JsonValue, part: JsonValue, env: Env): JsonValue {
  if (typeof input === "string" && typeof part === "string")
    return placesInText(input, part, env.run);
  if (Array.isArray(input)) {
    env.run.spend(input.length);
    return placesOf(input, Array.isArray(part) ? part : [part]);
  }
  return access(input, part);
}

function transpose(input: JsonValue): JsonValue {
  const list = itemsOf(input);
  const width = list.reduce<number>((most, row) => Math.max(most, Number(lengthOf(row))), 0);
  // A number has a length that need not be whole.
  const length = Math.ceil(width);
  return Array.from({ length }, (_, column) => list.map((row) => access(row, column)));
}

/** The index of a value in a sorted array, or `-1 - i` where it would have to be put in. */
function search(input: JsonValue, wanted: JsonValue): JsonValue {
  if (!Array.isArray(input)) return raise(`${describe(input)} cannot be searched from`);
  let low = 0;
  let high = input.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compare(input[middle] ?? null, wanted);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return -1 - low;
}
