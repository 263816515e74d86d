import type { z } from "zod";

import { expression, integer, isExpression, isoDuration } from "./scalar.ts";
import { choose, closed, isObject, type Problem, rule } from "./shape.ts";

const Fields = closed({
  days: integer.optional(),
  hours: integer.optional(),
  minutes: integer.optional(),
  seconds: integer.optional(),
  milliseconds: integer.optional(),
});

const Inline = rule(Fields, (value): Problem[] =>
  Object.keys(value).length > 0
    ? []
    : [{ path: [], message: "a duration has at least one of its units", got: "an empty object" }],
);

/** `{ seconds: 30 }`, `PT30S`, or an expression that gives an ISO 8601 duration. */
export const Duration: z.ZodType<string | z.infer<typeof Inline>> = choose<
  string | z.infer<typeof Inline>
>((value) => {
  if (isObject(value)) return Inline;
  return isExpression(value) ? expression : isoDuration;
});
export type Duration = z.infer<typeof Duration>;
