import { isCallOf } from "./call.ts";
import type { WorkflowDocument } from "./document.ts";
import type { ForTask } from "./for.ts";
import { extendPointer } from "./pointer.ts";
import type { TaskList } from "./task-list.ts";
import { kindOf, type Task, type TaskKind } from "./task.ts";
import type { TryTask } from "./try.ts";

/** One task of a document and where it stands. */
export interface TaskSite {
  /** `/do/0/greet`, or `/use/functions/greet` for one that stands alone. */
  readonly pointer: string;
  readonly name: string;
  readonly kind: TaskKind;
  readonly task: Task;
  /** The tasks that its `then` may name: those of its own list. */
  readonly scope: Scope;
  /** The variables that loops and catches around the task define. */
  readonly locals: readonly string[];
}

export interface Scope {
  readonly kind: "sequence" | "branches" | "alone";
  readonly names: readonly string[];
}

/** Every task of a document, those of functions and extensions included, each before the tasks inside it. */
export function* tasksOf(document: WorkflowDocument): Generator<TaskSite> {
  yield* tasksOfList(document.do, "/do");
  for (const [name, task] of Object.entries(document.use?.functions ?? {})) {
    const pointer = extendPointer("/use/functions", name);
    yield* tasksFrom({ pointer, name, task, scope: { kind: "alone", names: [] }, locals: [] });
  }
  for (const [index, item] of (document.use?.extensions ?? []).entries()) {
    for (const [name, { before, after }] of Object.entries(item)) {
      const pointer = extendPointer("/use/extensions", index, name);
      yield* tasksOfList(before ?? [], `${pointer}/before`);
      yield* tasksOfList(after ?? [], `${pointer}/after`);
    }
  }
}

interface InnerList {
  readonly path: readonly string[];
  readonly list: TaskList;
  /** What the task defines for these. */
  readonly locals: readonly string[];
}

function listsOf(task: Task): InnerList[] {
  if ("for" in task) return [{ path: ["do"], list: task.do, locals: loopVariables(task) }];
  if ("do" in task) return [{ path: ["do"], list: task.do, locals: [] }];
  if ("fork" in task) {
    return [{ path: ["fork", "branches"], list: task.fork.branches, locals: [] }];
  }
  if ("try" in task) {
    return [
      { path: ["try"], list: task.try, locals: [] },
      { path: ["catch", "do"], list: task.catch.do ?? [], locals: [errorVariable(task)] },
    ];
  }
  return iteratorsOf(task);
}

/** The variables of a loop: the item and its index. */
export function loopVariables({ for: { each = "item", at = "index" } }: ForTask): string[] {
  return [each, at];
}

/** The variable that holds the caught error. */
export function errorVariable({ catch: { as = "error" } }: TryTask): string {
  return as;
}

function iteratorsOf(task: Task): InnerList[] {
  if ("listen" in task && task.foreach) {
    const { item = "item", at = "index", do: list = [] } = task.foreach;
    return [{ path: ["foreach", "do"], list, locals: [item, at] }];
  }
  const foreach = isCallOf(task, "asyncapi") ? task.with.subscription?.foreach : undefined;
  if (!foreach) return [];
  const { item = "item", at = "index", do: list = [] } = foreach;
  return [{ path: ["with", "subscription", "foreach", "do"], list, locals: [item, at] }];
}

const TOP = { kind: "sequence", locals: [] } as const;

function* tasksOfList(
  list: TaskList,
  pointer: string,
  { kind, locals }: { kind: Scope["kind"]; locals: readonly string[] } = TOP,
): Generator<TaskSite> {
  const scope = { kind, names: list.flatMap((item) => Object.keys(item)) };
  for (const [index, item] of list.entries()) {
    for (const [name, task] of Object.entries(item)) {
      yield* tasksFrom({ pointer: extendPointer(pointer, index, name), name, task, scope, locals });
    }
  }
}

function* tasksFrom(site: Omit<TaskSite, "kind">): Generator<TaskSite> {
  const kind = kindOf(site.task);
  if (kind === undefined) return;
  yield { ...site, kind };
  for (const { path, list, locals } of listsOf(site.task)) {
    const pointer = extendPointer(site.pointer, ...path);
    yield* tasksOfList(list, pointer, {
      kind: kind === "fork" ? "branches" : "sequence",
      locals: [...site.locals, ...locals],
    });
  }
}
