import type { ArgumentDef } from "./define.ts";

/** What the server gives at most at once. */
const PAGE_MAX = 500;

export const limitArgument = {
  type: "string",
  integer: { min: 1, max: 100_000 },
  default: "50",
  valueHint: "NUMBER",
  description: "How many to show at most",
} as const satisfies ArgumentDef;

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string | undefined;
}

/** Asks for page after page until there are enough; `more` tells that the server has others. */
export async function readPages<T>(
  limit: number,
  read: (page: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<{ items: T[]; more: boolean }> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({
      limit: Math.min(PAGE_MAX, limit - items.length),
      ...(cursor === undefined ? {} : { cursor }),
    });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined && items.length < limit);
  return { items, more: cursor !== undefined };
}
