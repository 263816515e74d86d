import type { z } from "zod";

import { ExternalResource } from "./endpoint.ts";
import { Container } from "./run-container.ts";
import { bool, map, text } from "./scalar.ts";
import { choose, closed, isObject, listOf, mismatch, oneOf, type Problem, rule } from "./shape.ts";
import { taskBase } from "./task-base.ts";

const options = {
  await: bool.optional(),
  return: oneOf("stdout", "stderr", "code", "all", "none").optional(),
};

const ScriptFields = closed({
  language: text,
  stdin: text.optional(),
  /** A list since 1.0.3; a map of variables before. */
  arguments: choose<string[] | z.infer<typeof map>>((value) =>
    isObject(value) ? map : listOf(text),
  ).optional(),
  environment: map.optional(),
  code: text.optional(),
  source: ExternalResource.optional(),
});

const Script = rule(ScriptFields, (value): Problem[] => {
  if ("code" in value !== "source" in value) return [];
  const expected = 'exactly one of "code" and "source"';
  return [{ path: [], message: `a script has ${expected}`, expected }];
});

const Shell = closed({
  command: text,
  stdin: text.optional(),
  arguments: listOf(text).optional(),
  environment: map.optional(),
});

const Subflow = closed({ namespace: text, name: text, version: text, input: map.optional() });

const RunContainer = closed({ ...options, container: Container });
const RunScript = closed({ ...options, script: Script });
const RunShell = closed({ ...options, shell: Shell });
const RunWorkflow = closed({ ...options, workflow: Subflow });

type Process =
  | z.infer<typeof RunContainer>
  | z.infer<typeof RunScript>
  | z.infer<typeof RunShell>
  | z.infer<typeof RunWorkflow>;

const byKind: Record<string, z.ZodType<Process>> = {
  container: RunContainer,
  script: RunScript,
  shell: RunShell,
  workflow: RunWorkflow,
};

export const RunTask = closed({
  ...taskBase,
  run: choose<Process>((value) => {
    if (!isObject(value)) return mismatch(value, "an object");
    const kind = Object.keys(byKind).find((key) => key in value);
    const expected = "exactly one of container, script, shell, workflow";
    return byKind[kind ?? ""] ?? { path: [], message: `a run has ${expected}`, expected };
  }),
});
export type RunTask = z.infer<typeof RunTask>;
