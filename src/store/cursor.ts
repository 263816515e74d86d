import { StigmerError } from "../base/errors.ts";

/** An opaque mark of where the next page begins: `prefix` tells one kind of list from another. */
export function toCursor(prefix: string, key: string | number): string {
  return Buffer.from(`${prefix}:${key}`).toString("base64url");
}

export function fromCursor(prefix: string, cursor: string): string {
  const [found, ...key] = Buffer.from(cursor, "base64url").toString("utf8").split(":");
  if (found === prefix && key.length > 0) return key.join(":");
  throw badCursor(cursor);
}

export function numberFromCursor(prefix: string, cursor: string): number {
  const key = Number(fromCursor(prefix, cursor));
  if (Number.isSafeInteger(key)) return key;
  throw badCursor(cursor);
}

function badCursor(cursor: string): StigmerError {
  return new StigmerError("usage", `"${cursor}" is not a cursor of this list`, {
    hint: "take nextCursor from the page before, or leave it out for the first page",
  });
}
