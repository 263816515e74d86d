import { messageOf } from "../../base/errors.ts";
import type { Schema } from "../../dsl/data-flow.ts";
import type { WorkflowDocument } from "../../dsl/document.ts";
import { parsePointer } from "../../dsl/pointer.ts";
import type { Problem } from "../../dsl/shape.ts";
import { tasksOf } from "../../dsl/visit.ts";
import { compileSchema } from "../json-schema.ts";

type Path = readonly (string | number)[];

/** Schemas that can't be used: of another format, somewhere else, or not schemas. */
export function schemaProblems(document: WorkflowDocument): Problem[] {
  const problems = [
    ...problemsOf(document.input?.schema, ["input"]),
    ...problemsOf(document.output?.schema, ["output"]),
  ];
  for (const { task, pointer } of tasksOf(document)) {
    const base = parsePointer(pointer);
    for (const where of ["input", "output", "export"] as const) {
      problems.push(...problemsOf(task[where]?.schema, [...base, where]));
    }
  }
  return problems;
}

function problemsOf(schema: Schema | undefined, owner: Path): Problem[] {
  if (!schema) return [];
  const path = [...owner, "schema"];
  if (schema.resource) {
    const message = "schemas of other places are not supported yet: write it here as document";
    return [{ path: [...path, "resource"], part: "key", message }];
  }
  const { format = "json", document = {} } = schema;
  if (format.split(":")[0] !== "json") {
    return [
      {
        path: [...path, "format"],
        message: `schemas of format "${format}" are not supported`,
        expected: '"json"',
        got: `"${format}"`,
      },
    ];
  }
  try {
    compileSchema(document);
    return [];
  } catch (error) {
    return [{ path: [...path, "document"], part: "key", message: messageOf(error) }];
  }
}
