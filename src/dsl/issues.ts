import { type InputIssue, StigmerError } from "../base/errors.ts";
import { extendPointer } from "./pointer.ts";
import { MISSING, type Problem, WRONG } from "./shape.ts";
import type { SourceDocument } from "./source.ts";

/** Where a value came from, for messages: its file, and its place in it when it is a part of a greater document. */
export interface Place {
  readonly file?: string | undefined;
  /** JSON Pointer of the value in its source; "" when it is the whole. */
  readonly pointer?: string | undefined;
  readonly locate?: SourceDocument["locate"] | undefined;
}

/** The place of a document that is a whole source. */
export function placeOf(source: SourceDocument): Place {
  return { file: source.file, locate: source.locate };
}

export function toInputIssue(problem: Problem, place: Place = {}): InputIssue {
  const { path, message, part, ...rest } = problem;
  const pointer = extendPointer(place.pointer ?? "", ...path);
  const position = place.locate?.(pointer, part);
  return {
    message: wordsOf(message, path.at(-1)),
    pointer,
    ...(place.file === undefined ? {} : { file: place.file }),
    ...position,
    ...rest,
  };
}

function wordsOf(message: string, field: string | number | undefined): string {
  const name = typeof field === "number" ? `item ${field}` : `"${field ?? ""}"`;
  if (message === MISSING) return `${name} is missing`;
  if (message !== WRONG) return message;
  return field === undefined ? "wrong kind of value" : `wrong value for ${name}`;
}

/** The error of a document that is wrong at these places. */
export function invalidDocument(
  what: string,
  issues: readonly InputIssue[],
  hint?: string,
): StigmerError {
  const [first] = issues;
  const more = issues.length > 1 ? ` and ${issues.length - 1} more` : "";
  return new StigmerError("invalid_input", `${what}: ${first?.message ?? "it is wrong"}${more}`, {
    issues,
    ...(hint === undefined ? {} : { hint }),
  });
}
