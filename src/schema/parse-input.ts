import type { z } from "zod";

import { type InputIssue, StigmerError } from "../base/errors.ts";
import { toInputIssues } from "./input-issues.ts";

export interface InputSource {
  /** What the value is, for the sentence: `the request body`, `agent.yaml`. */
  readonly what: string;
  readonly hint?: string;
  readonly file?: string | undefined;
  /** Where the value of a JSON Pointer, or its key, was written. */
  readonly locate?: (
    pointer: string,
    part?: "key" | "value",
  ) => { line: number; column: number } | undefined;
}

/** Parses what somebody wrote; what is wrong is listed place by place in an `invalid_input` error. */
export function parseInput<S extends z.ZodType>(
  schema: S,
  value: unknown,
  source: InputSource,
): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw inputError(source, toInputIssues(parsed.error, schema, value));
}

/** The error for issues whose places in the text are not known yet. */
export function inputError(source: InputSource, issues: readonly InputIssue[]): StigmerError {
  const placed = issues.map((issue) => placeIssue(issue, source));
  return new StigmerError("invalid_input", `${source.what} is not valid`, {
    issues: placed,
    ...(source.hint === undefined ? {} : { hint: source.hint }),
  });
}

function placeIssue(issue: InputIssue, source: InputSource): InputIssue {
  if (issue.line !== undefined) return issue;
  const part = issue.message.startsWith("unknown field") ? "key" : "value";
  const position = source.locate?.(issue.pointer, part);
  return {
    ...issue,
    ...(source.file === undefined ? {} : { file: source.file }),
    ...position,
  };
}
