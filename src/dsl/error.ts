import type { z } from "zod";

import { expression, integer, isExpression, jsonPointer, text, uriTemplate } from "./scalar.ts";
import { choose, closed, open, type Problem, rule } from "./shape.ts";

/** An error that a document defines or raises. */
export const ErrorDefinition = closed({
  type: choose<string>((value) => (isExpression(value) ? expression : uriTemplate)),
  status: integer,
  instance: choose<string>((value) => (isExpression(value) ? expression : jsonPointer)).optional(),
  title: text.optional(),
  detail: text.optional(),
});
export type ErrorDefinition = z.infer<typeof ErrorDefinition>;

const FilterFields = open({
  type: text.optional(),
  status: integer.optional(),
  instance: text.optional(),
  title: text.optional(),
  detail: text.optional(),
  /** What 1.0.3 called `detail`. */
  details: text.optional(),
});

/** Which errors are meant: all the values that it names must be equal. */
export const ErrorFilter = rule(FilterFields, (value): Problem[] =>
  Object.keys(value).length > 0
    ? []
    : [{ path: [], message: "an error filter has at least one field", got: "an empty object" }],
);
export type ErrorFilter = z.infer<typeof ErrorFilter>;
