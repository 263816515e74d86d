import type { z } from "zod";

import { text } from "./scalar.ts";
import { closed, listOf, named, type Problem, rule } from "./shape.ts";
import { FlowDirective, taskBase } from "./task-base.ts";

// oxlint-disable-next-line unicorn/no-thenable -- the name of a field of the language, never awaited
const SwitchCase = closed({ when: text.optional(), then: FlowDirective });

export const SwitchTask = closed({
  ...taskBase,
  switch: rule(listOf(named(SwitchCase, "a case")), (cases): Problem[] =>
    cases.length > 0
      ? []
      : [{ path: [], message: "a switch has at least one case", got: "an empty list" }],
  ),
});
export type SwitchTask = z.infer<typeof SwitchTask>;
