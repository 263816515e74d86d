import { Export, Input, Output } from "./data-flow.ts";
import { map, text } from "./scalar.ts";
import { TimeoutOrName } from "./timeout.ts";

/** `continue`, `exit`, `end`, or the name of a task of the same list. */
export const FlowDirective = text;

/** The fields that every kind of task may have. */
export const taskBase = {
  if: text.optional(),
  input: Input.optional(),
  output: Output.optional(),
  export: Export.optional(),
  timeout: TimeoutOrName.optional(),
  // oxlint-disable-next-line unicorn/no-thenable -- the name of a field of the language, never awaited
  then: FlowDirective.optional(),
  metadata: map.optional(),
};
