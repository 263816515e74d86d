import type { z } from "zod";

import type { JsonObject } from "../base/json.ts";
import { map, text } from "./scalar.ts";
import { choose, closed, isObject, type Problem, rule } from "./shape.ts";
import { taskBase } from "./task-base.ts";

const SetFields = rule(map, (value): Problem[] =>
  Object.keys(value).length > 0
    ? []
    : [{ path: [], message: "a set has at least one field", got: "an empty object" }],
);

export const SetTask = closed({
  ...taskBase,
  set: choose<string | JsonObject>((value) => (isObject(value) ? SetFields : text)),
});
export type SetTask = z.infer<typeof SetTask>;
