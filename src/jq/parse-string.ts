import { accept, type Cursor, expect, next, peek } from "./cursor.ts";
import type { Syntax } from "./syntax.ts";
import { literal } from "./syntax.ts";

/** A string literal from its opening quote on; `format` is what its interpolations go through. */
export function parseString(cursor: Cursor, format: string): Syntax {
  expect(cursor, "string-start");
  const parts: (string | Syntax)[] = [];
  for (;;) {
    const token = peek(cursor);
    if (accept(cursor, "string-end")) break;
    if (token.kind === "text") {
      parts.push(next(cursor).text);
      continue;
    }
    expect(cursor, "interpolation-start");
    parts.push(cursor.parseQuery(cursor));
    expect(cursor, "interpolation-end");
  }
  const [first] = parts;
  if (first === undefined) return literal("");
  if (parts.length === 1 && typeof first === "string") return literal(first);
  return { kind: "string", format, parts };
}
