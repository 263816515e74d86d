import { z } from "zod";

import { suggest } from "../base/suggest.ts";
import { type CallTask, defineCall } from "./call.ts";
import { defineDo, type DoTask } from "./do.ts";
import { EmitTask } from "./emit.ts";
import { defineFor, type ForTask } from "./for.ts";
import { defineFork, type ForkTask } from "./fork.ts";
import { defineListen, type ListenTask } from "./listen.ts";
import { RaiseTask } from "./raise.ts";
import { RunTask } from "./run.ts";
import { SetTask } from "./set.ts";
import { choose, isObject, listOf, mismatch, named, type Problem } from "./shape.ts";
import { SwitchTask } from "./switch.ts";
import { taskBase } from "./task-base.ts";
import type { TaskList as TaskListValue } from "./task-list.ts";
import { defineTry, type TryTask } from "./try.ts";
import { WaitTask } from "./wait.ts";

/** One task of the language. A kind added here fails the type check in `workflow/tasks.ts` until it has a runner. */
export type Task =
  | CallTask
  | DoTask
  | EmitTask
  | ForTask
  | ForkTask
  | ListenTask
  | RaiseTask
  | RunTask
  | SetTask
  | SwitchTask
  | TryTask
  | WaitTask;

export const TaskList: z.ZodType<TaskListValue> = z.lazy(() =>
  choose<TaskListValue>((value) =>
    Array.isArray(value)
      ? NamedTasks
      : mismatch(value, 'a list of tasks, each written "- name: …"'),
  ),
);

const kinds = {
  call: defineCall(TaskList),
  do: defineDo(TaskList),
  emit: EmitTask,
  for: defineFor(TaskList),
  fork: defineFork(TaskList),
  listen: defineListen(TaskList),
  raise: RaiseTask,
  run: RunTask,
  set: SetTask,
  switch: SwitchTask,
  try: defineTry(TaskList),
  wait: WaitTask,
} satisfies Record<string, z.ZodType<Task>>;
export type TaskKind = keyof typeof kinds;

export const taskKinds = Object.keys(kinds);

function isKind(name: string): name is TaskKind {
  return Object.hasOwn(kinds, name);
}

/** The kind of a task: the first of its fields that names one; `for` has a `do` beside it. */
export function kindOf(task: object): TaskKind | undefined {
  if ("for" in task) return "for";
  return Object.keys(task).find(isKind);
}

export const Task: z.ZodType<Task> = choose<Task>((value) => {
  if (!isObject(value)) return mismatch(value, "an object");
  const kind = kindOf(value);
  const other = Object.keys(value).find((key) => isKind(key) && key !== kind && kind !== "for");
  if (kind === undefined) return noKind(value);
  if (other === undefined) return kinds[kind];
  return {
    path: [other],
    part: "key",
    message: `a task has one kind, not both "${kind}" and "${other}"`,
    expected: "one kind of task",
    got: `"${kind}" and "${other}"`,
  };
});

const NamedTasks = listOf(named(Task, "a task"));

function noKind(task: object): Problem {
  const expected = `one of ${taskKinds.join(", ")}`;
  for (const key of Object.keys(task).filter((name) => !Object.hasOwn(taskBase, name))) {
    const suggestion = suggest(key, taskKinds);
    const unknown: Problem = {
      path: [key],
      part: "key",
      message: `unknown kind of task "${key}"`,
      expected,
      got: `"${key}"`,
    };
    if (suggestion !== undefined) return { ...unknown, suggestion };
    return unknown;
  }
  return { path: [], part: "key", message: "a task has no kind", expected };
}
