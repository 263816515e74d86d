import { type CallAsyncApi, isCallOf } from "./call.ts";
import type { WorkflowDocument } from "./document.ts";
import { extendPointer } from "./pointer.ts";
import type { TaskList } from "./task-list.ts";
import { kindOf, type Task, type TaskKind } from "./task.ts";

/** One task of a document and where it stands. */
export interface TaskSite {
  /** `/do/0/greet`, or `/use/functions/greet` for one that stands alone. */
  readonly pointer: string;
  readonly name: string;
  readonly kind: TaskKind;
  readonly task: Task;
  /** The tasks that its `then` may name: those of its own list. */
  readonly scope: Scope;
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
    yield* tasksFrom({ pointer, name, task, scope: { kind: "alone", names: [] } });
  }
  for (const [index, item] of (document.use?.extensions ?? []).entries()) {
    for (const [name, { before, after }] of Object.entries(item)) {
      const pointer = extendPointer("/use/extensions", index, name);
      yield* tasksOfList(before ?? [], `${pointer}/before`);
      yield* tasksOfList(after ?? [], `${pointer}/after`);
    }
  }
}

/** The lists of tasks inside a task, each with the tokens that lead to it. */
export function listsOf(task: Task): { path: readonly string[]; list: TaskList }[] {
  if ("do" in task) return [{ path: ["do"], list: task.do }];
  if ("fork" in task) return [{ path: ["fork", "branches"], list: task.fork.branches }];
  if ("try" in task) {
    return [
      { path: ["try"], list: task.try },
      { path: ["catch", "do"], list: task.catch.do ?? [] },
    ];
  }
  if ("listen" in task) return [{ path: ["foreach", "do"], list: task.foreach?.do ?? [] }];
  return isCallOf(task, "asyncapi")
    ? [{ path: ["with", "subscription", "foreach", "do"], list: messageTasks(task) }]
    : [];
}

function messageTasks(task: CallAsyncApi): TaskList {
  return task.with.subscription?.foreach?.do ?? [];
}

function* tasksOfList(
  list: TaskList,
  pointer: string,
  kind: Scope["kind"] = "sequence",
): Generator<TaskSite> {
  const scope = { kind, names: list.flatMap((item) => Object.keys(item)) };
  for (const [index, item] of list.entries()) {
    for (const [name, task] of Object.entries(item)) {
      yield* tasksFrom({ pointer: extendPointer(pointer, index, name), name, task, scope });
    }
  }
}

function* tasksFrom(site: Omit<TaskSite, "kind">): Generator<TaskSite> {
  const kind = kindOf(site.task);
  if (kind === undefined) return;
  yield { ...site, kind };
  for (const { path, list } of listsOf(site.task)) {
    const pointer = extendPointer(site.pointer, ...path);
    yield* tasksOfList(list, pointer, kind === "fork" ? "branches" : "sequence");
  }
}
