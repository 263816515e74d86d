import { z } from "zod";

export const PAGE_LIMIT_DEFAULT = 50;
export const PAGE_LIMIT_MAX = 500;

export const Label = z
  .string()
  .optional()
  .describe("key=value, or several joined by commas: all must match.");

/** Query of every list: newest first; `cursor` is opaque, from the previous page's `nextCursor`. */
export const PageQuery = z.strictObject({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(PAGE_LIMIT_MAX)
    .default(PAGE_LIMIT_DEFAULT)
    .describe("How many items at most."),
  cursor: z.string().optional().describe("nextCursor of the page before."),
});

export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().optional() });
}
