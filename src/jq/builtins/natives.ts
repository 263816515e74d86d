import { arrays } from "./arrays.ts";
import { control } from "./control.ts";
import { dates } from "./dates.ts";
import { loops } from "./loops.ts";
import { mathematics } from "./math.ts";
import type { Native, Natives } from "./native.ts";
import { numbers } from "./numbers.ts";
import { objects } from "./objects.ts";
import { paths } from "./paths.ts";
import { regexes } from "./regex.ts";
import { strings } from "./strings.ts";
import { values } from "./values.ts";
import { walking } from "./walk.ts";

const NATIVES: ReadonlyMap<string, Native> = new Map(
  [
    control,
    loops,
    paths,
    values,
    arrays,
    objects,
    strings,
    regexes,
    numbers,
    mathematics,
    dates,
    walking,
  ].flatMap((family: Natives) => Object.entries(family)),
);

/** The builtin of a `name/arity`. */
export function findNative(key: string): Native | undefined {
  return NATIVES.get(key);
}

export function nativeNames(): string[] {
  return [...NATIVES.keys()];
}
