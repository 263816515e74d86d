import type { z } from "zod";

import type { JsonObject } from "../base/json.ts";
import { ExternalResource } from "./endpoint.ts";
import { anything, map, text } from "./scalar.ts";
import { choose, closed, isObject, type Problem, rule } from "./shape.ts";

const SchemaFields = closed({
  format: text.optional(),
  document: anything.optional(),
  resource: ExternalResource.optional(),
});

/** A JSON Schema, written in its place or somewhere else. */
export const Schema = rule(SchemaFields, (value): Problem[] => {
  if ("document" in value !== "resource" in value) return [];
  const expected = 'exactly one of "document" and "resource"';
  return [{ path: [], message: `a schema has ${expected}`, expected }];
});
export type Schema = z.infer<typeof Schema>;

/** An expression, or an object whose values may be expressions. */
export const Transform = choose<string | JsonObject>((value) => (isObject(value) ? map : text));
export type Transform = z.infer<typeof Transform>;

export const Input = closed({ schema: Schema.optional(), from: Transform.optional() });
export type Input = z.infer<typeof Input>;
export const Output = closed({ schema: Schema.optional(), as: Transform.optional() });
export type Output = z.infer<typeof Output>;
export const Export = closed({ schema: Schema.optional(), as: Transform.optional() });
export type Export = z.infer<typeof Export>;
