import type { z } from "zod";

import { Endpoint } from "./endpoint.ts";
import { anything, bool, expression, text } from "./scalar.ts";
import { choose, closed, isObject, mapOf, oneOf } from "./shape.ts";

const pairs = choose<string | Record<string, string>>((value) =>
  isObject(value) ? mapOf(text) : expression,
);

/** What of a response becomes the task's output: its body as it is, its content, or all of it. */
export const HttpOutput = oneOf("raw", "content", "response");

export const HttpArguments = closed({
  method: text,
  endpoint: Endpoint,
  headers: pairs.optional(),
  body: anything.optional(),
  query: pairs.optional(),
  output: HttpOutput.optional(),
  redirect: bool.optional(),
});
export type HttpArguments = z.infer<typeof HttpArguments>;
