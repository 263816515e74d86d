import { suggest } from "../base/suggest.ts";
import type { WorkflowDocument } from "./document.ts";
import { parsePointer } from "./pointer.ts";
import { isObject, type Problem } from "./shape.ts";
import { type Scope, type TaskSite, tasksOf } from "./visit.ts";

const DIRECTIVES = ["continue", "exit", "end"];

/** The names in a document that lead nowhere: `then` targets, timeouts, retries, errors, authentications. */
export function danglingReferences(document: WorkflowDocument): Problem[] {
  const problems = nameOf(document.timeout, "timeout", document.use?.timeouts, ["timeout"]);
  for (const site of tasksOf(document)) {
    const base = parsePointer(site.pointer);
    for (const problem of [...targetsOf(site), ...namesOf(site, document)]) {
      problems.push({ ...problem, path: [...base, ...problem.path] });
    }
  }
  return [...problems, ...authenticationsOf(document)];
}

function targetsOf({ task, scope }: TaskSite): Problem[] {
  const problems = targetOf(task.then, scope, ["then"]);
  if ("switch" in task) {
    for (const [index, item] of task.switch.entries()) {
      for (const [name, { then }] of Object.entries(item)) {
        problems.push(...targetOf(then, scope, ["switch", index, name, "then"]));
      }
    }
  }
  if ("try" in task) problems.push(...targetOf(task.catch.then, scope, ["catch", "then"]));
  return problems;
}

function targetOf(
  target: string | undefined,
  { kind, names }: Scope,
  path: readonly (string | number)[],
): Problem[] {
  if (target === undefined || DIRECTIVES.includes(target) || kind === "alone") return [];
  const known = kind === "sequence" ? names : [];
  const count = known.filter((name) => name === target).length;
  if (count === 1) return [];
  const candidates = [...DIRECTIVES, ...known];
  if (count > 1) {
    const message = `"${target}" names ${count} tasks of this list`;
    return [{ path, message, expected: "a name that is unique in its list", got: `"${target}"` }];
  }
  return [unknown(`no task "${target}" in this list`, target, candidates, path)];
}

function namesOf({ task }: TaskSite, { use }: WorkflowDocument): Problem[] {
  const problems = nameOf(task.timeout, "timeout", use?.timeouts, ["timeout"]);
  if ("raise" in task) {
    problems.push(...nameOf(task.raise.error, "error", use?.errors, ["raise", "error"]));
  }
  if ("try" in task) {
    problems.push(...nameOf(task.catch.retry, "retry policy", use?.retries, ["catch", "retry"]));
  }
  return problems;
}

function nameOf(
  value: unknown,
  what: string,
  defined: Record<string, unknown> | undefined,
  path: readonly (string | number)[],
): Problem[] {
  if (typeof value !== "string" || Object.hasOwn(defined ?? {}, value)) return [];
  return [unknown(`unknown ${what} "${value}"`, value, Object.keys(defined ?? {}), path)];
}

/** `authentication: { use: NAME }` may stand in many places, always under a field of that name. */
function authenticationsOf(document: WorkflowDocument): Problem[] {
  const defined = document.use?.authentications;
  const problems: Problem[] = [];
  const look = (value: unknown, path: readonly (string | number)[]): void => {
    if (Array.isArray(value)) value.forEach((item, index) => look(item, [...path, index]));
    if (!isObject(value)) return;
    const { authentication } = value;
    if (isObject(authentication)) {
      const at = [...path, "authentication", "use"];
      problems.push(...nameOf(authentication["use"], "authentication", defined, at));
    }
    for (const [key, child] of Object.entries(value)) look(child, [...path, key]);
  };
  for (const site of tasksOf(document)) {
    const isCall = "call" in site.task && site.kind === "call" && isObject(site.task.with);
    if (isCall) look(site.task.with, [...parsePointer(site.pointer), "with"]);
  }
  return problems;
}

function unknown(
  message: string,
  name: string,
  candidates: readonly string[],
  path: readonly (string | number)[],
): Problem {
  const suggestion = suggest(name, candidates);
  return {
    path,
    message,
    expected: candidates.length === 0 ? "a defined name" : `one of ${candidates.join(", ")}`,
    got: `"${name}"`,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}
