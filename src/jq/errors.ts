import { StigmerError } from "../base/errors.ts";
import type { JsonValue } from "../base/json.ts";
import { describePlace, type SourceRange } from "./source.ts";

/** The program is not jq, or names something that does not exist. Lines and columns count from 1. */
export class JqSyntaxError extends StigmerError {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  /** The error with the line it is in and a mark below the culprit, as the `jq` command prints it. */
  readonly report: string;

  constructor(
    message: string,
    source: {
      readonly text: string;
      readonly range: SourceRange;
      readonly hint?: string | undefined;
    },
  ) {
    super("invalid_input", message, { hint: source.hint });
    const place = describePlace(source.text, source.range);
    this.offset = source.range.start;
    this.line = place.line;
    this.column = place.column;
    this.report = `${message} at <top-level>, line ${place.line}, column ${place.column}:\n${place.excerpt}`;
  }
}

/** A program failed while it ran; `value` is what `error` was given, usually a string. */
export class JqError extends StigmerError {
  readonly value: JsonValue;

  constructor(message: string, value: JsonValue) {
    super("failed", message);
    this.value = value;
  }
}

/** The program used up its fuel or went too deep; no `try` of the program catches this. */
export class JqFuelError extends StigmerError {
  constructor(message: string) {
    super("failed", message, { hint: "make the expression simpler, or its input smaller" });
  }
}

/** The program called `halt` or `halt_error`. */
export class JqHalt extends StigmerError {
  readonly exitCode: number;
  /** What `halt_error` was given; nothing for `halt`. */
  readonly value: JsonValue | undefined;

  constructor(exitCode: number, value: JsonValue | undefined) {
    super("failed", `the program halted with exit code ${exitCode}`);
    this.exitCode = exitCode;
    this.value = value;
  }
}
