import { z } from "zod";

/** The body of every HTTP error: `application/problem+json` (RFC 9457) with a stable `code`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  code: z.enum([
    "invalid_input",
    "not_found",
    "not_permitted",
    "unavailable",
    "conflict",
    "failed",
  ]),
  hint: z.string().optional(),
  /** Each wrong place of a bad body: a JSON Pointer (RFC 6901) and what is wrong there. */
  errors: z
    .array(
      z.object({
        pointer: z.string(),
        detail: z.string(),
        expected: z.string().optional(),
        got: z.string().optional(),
        suggestion: z.string().optional(),
      }),
    )
    .optional(),
});
export type Problem = z.infer<typeof Problem>;
