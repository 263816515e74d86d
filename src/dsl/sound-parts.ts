import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.ts";
import { WorkflowDocument } from "./document.ts";
import { type Problem, toProblems } from "./shape.ts";

/** A mistake may hide another: each round removes more around what is still wrong. */
const ROUNDS_MAX = 4;
const DOCUMENT = { dsl: "1.0.0", namespace: "any", name: "any", version: "1.0.0" };
const TASK_LISTS = new Set(["do", "try", "branches", "before", "after"]);

/**
 * The document without its wrong parts, so that what is right in itself can be looked at too: an unknown field is left
 * out, a wrong task stands for one that does nothing. Undefined when no document can be made of it.
 */
export function soundParts(
  value: JsonValue,
  problems: readonly Problem[],
): WorkflowDocument | undefined {
  if (!isJsonObject(value)) return undefined;
  const root = structuredClone(value);
  let wrong = problems;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    for (const problem of wrong) mend(root, problem, round);
    const result = WorkflowDocument.safeParse(root);
    if (result.success) return result.data;
    wrong = toProblems(result.error, root);
  }
  return undefined;
}

function mend(root: JsonObject, { path, part }: Problem, round: number): void {
  const [first] = path;
  const end = part === "key" && round === 0 ? path.length : taskEnd(path);
  if (end > 0) return replaceAt(root, path.slice(0, end), part === "key" && round === 0);
  if (first === "document") root["document"] = { ...DOCUMENT };
  else if (first === "do" || first === undefined) root["do"] = [];
  else delete root[first];
}

/** Where the path of the innermost task around it ends; 0 when no task is. */
function taskEnd(path: Problem["path"]): number {
  const index = path.findLastIndex(
    (step, at) => typeof step === "number" && TASK_LISTS.has(String(path[at - 1])),
  );
  return index === -1 ? 0 : Math.min(index + 2, path.length);
}

/** A task keeps its name, which others may go on to. */
function replaceAt(root: JsonObject, path: Problem["path"], isRemoved: boolean): void {
  const key = path.at(-1);
  const parent = path.slice(0, -1).reduce<JsonValue | undefined>(childOf, root);
  if (Array.isArray(parent) && typeof key === "number")
    parent[key] = { [`task ${key}`]: nothing() };
  if (!isJsonObject(parent) || key === undefined) return;
  if (isRemoved) delete parent[key];
  else parent[key] = nothing();
}

function nothing(): JsonObject {
  return { set: { nothing: null } };
}

function childOf(value: JsonValue | undefined, step: string | number): JsonValue | undefined {
  if (Array.isArray(value)) return typeof step === "number" ? value[step] : undefined;
  return isJsonObject(value) ? value[step] : undefined;
}
