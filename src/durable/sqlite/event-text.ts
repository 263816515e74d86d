import { StigmerError } from "../../base/errors.ts";

/** Far beyond what makes sense, and well below what SQLite, a line between parts and the call stack can take. */
const CHARACTERS_MAX = 64 * 1024 * 1024;
const DEPTH_MAX = 10_000;

/** JSON text that the journal, and whoever reads it, can take. Throws what says the limits. */
export function toEventText(value: unknown): string {
  return withinLimits(() => {
    const text: string | undefined = JSON.stringify(value);
    if (text === undefined) throw new Error("there is no value, or none that JSON can hold");
    if (text.length > CHARACTERS_MAX || isTooDeep(text)) throw new RangeError("beyond the limits");
    return text;
  });
}

/** What walks a value fails with a `RangeError` when that is too deep for the stack, or its text too long. */
export function withinLimits<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const limits = `${DEPTH_MAX} levels of nesting and ${CHARACTERS_MAX} characters of JSON`;
    throw new StigmerError(
      "invalid_input",
      `a value is too big for a run: it may have up to ${limits}`,
      {
        hint: "keep big data in files or behind a URL, and pass where it is",
        cause: error,
      },
    );
  }
}

function isTooDeep(text: string): boolean {
  // Each level takes two characters.
  if (text.length <= 2 * DEPTH_MAX) return false;
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{}\]]/g)) {
    if (token === "[" || token === "{") depth += 1;
    else if (token === "]" || token === "}") depth -= 1;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}
