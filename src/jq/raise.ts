import type { JsonValue } from "../base/json.ts";

/**
 * An error on its way through a running program. It is no `Error`: `try` and `?` make errors ordinary, and
 * collecting a stack trace costs more than the rest of such an expression.
 */
export class Raise {
  readonly value: JsonValue;

  constructor(value: JsonValue) {
    this.value = value;
  }
}

/** `break` on its way to its label; a label is known by the scope that it made. */
export class Break {
  readonly label: object;

  constructor(label: object) {
    this.label = label;
  }
}

/** Fails the program with a message that its `try` can catch. */
export function raise(message: string): never {
  throw new Raise(message);
}
