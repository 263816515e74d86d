import type { JsonValue } from "../base/json.ts";
import { extendPointer } from "../dsl/pointer.ts";
import type { TaskList } from "../dsl/task-list.ts";
import { standardFault } from "./fault.ts";
import type { Work } from "./fiber.ts";
import type { Site, TaskResult } from "./run-state.ts";

/** How a list of tasks ended: after its last task, by `exit`, or by `end`, which ends the workflow. */
export interface ListEnd {
  readonly output: JsonValue;
  readonly by: "done" | "exit" | "end";
}

/** Runs tasks one after the other, each with the output of the one before it, and follows their `then`. */
export function* runList(list: TaskList, site: Site, rawInput: JsonValue): Work<ListEnd> {
  const names = list.map((item) => Object.keys(item)[0] ?? "");
  const visits = names.map(() => 0);
  let value = rawInput;
  for (let index = 0; index < list.length;) {
    const name = names[index] ?? "";
    const task = list[index]?.[name];
    if (!task) throw new Error("unreachable: a list holds named tasks");
    const visit = (visits[index] ?? 0) + 1;
    visits[index] = visit;
    const pointer = extendPointer(site.pointer, index, name);
    const position = extendPointer(site.position, index, name) + (visit === 1 ? "" : `#${visit}`);
    const { output, next } = yield* site.run.runTask(
      { ...site, name, pointer, position },
      task,
      value,
    );
    value = output;
    if (next === "exit" || next === "end") return { output: value, by: next };
    index = next === "continue" ? index + 1 : names.indexOf(next);
    if (index === -1) {
      throw standardFault("configuration", `no task "${next}" in this list`, pointer);
    }
  }
  return { output: value, by: "done" };
}

/** The result of a task that is a scope of its own: `exit` inside ends only the scope. */
export function toResult({ output, by }: ListEnd): TaskResult {
  return by === "end" ? { output, next: "end" } : { output };
}
