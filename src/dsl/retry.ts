import type { z } from "zod";

import { Duration } from "./duration.ts";
import { integer, map, text } from "./scalar.ts";
import { choose, closed, type Problem, rule } from "./shape.ts";

const BackoffFields = closed({
  constant: map.optional(),
  exponential: map.optional(),
  linear: map.optional(),
});

const Backoff = rule(BackoffFields, (value): Problem[] => {
  const expected = "exactly one of constant, exponential, linear";
  return Object.keys(value).length === 1
    ? []
    : [{ path: [], message: `a backoff has ${expected}`, expected }];
});

export const RetryPolicy = closed({
  when: text.optional(),
  exceptWhen: text.optional(),
  delay: Duration.optional(),
  backoff: Backoff.optional(),
  limit: closed({
    attempt: closed({ count: integer.optional(), duration: Duration.optional() }).optional(),
    duration: Duration.optional(),
  }).optional(),
  jitter: closed({ from: Duration, to: Duration }).optional(),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

/** A retry policy, or the name of one of `use.retries`. */
export const RetryPolicyOrName = choose<string | RetryPolicy>((value) =>
  typeof value === "string" ? text : RetryPolicy,
);
