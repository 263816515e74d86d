import { Json, type JsonValue } from "../../base/json.ts";
import type { ForTask } from "../../dsl/for.ts";
import { extendPointer } from "../../dsl/pointer.ts";
import { standardFault } from "../fault.ts";
import type { Work } from "../fiber.ts";
import { evaluateIn, fillIn, isTrueIn } from "../frame.ts";
import { type ListEnd, runList } from "../list.ts";
import type { Frame, TaskResult } from "../run-state.ts";
import { breathe } from "../task-turn.ts";

/** Each iteration takes the output of the one before it; `exit` inside the body ends the loop. */
export function* runFor(task: ForTask, frame: Frame): Work<TaskResult> {
  const { each = "item", at = "index" } = task.for;
  let output = frame.input;
  for (const [index, item] of itemsOf(task, frame).entries()) {
    const locals = { ...frame.locals, [each]: item, [at]: index };
    const inside: Frame = { ...frame, locals };
    const position = extendPointer(frame.position, "for", index, "do");
    yield* breathe({ ...frame, position });
    const isGoingOn =
      task.while === undefined ||
      isTrueIn({ ...inside, input: output }, task.while, { input: frame.input });
    if (!isGoingOn) break;
    const pointer = extendPointer(frame.pointer, "do");
    const end: ListEnd = yield* runList(task.do, { ...inside, pointer, position }, output);
    output = end.output;
    if (end.by === "end") return { output, next: "end" };
    if (end.by === "exit") break;
  }
  return { output };
}

function itemsOf(task: ForTask, frame: Frame): JsonValue[] {
  const source = task.for.in;
  const items =
    typeof source === "string" ? evaluateIn(frame, source) : fillIn(frame, Json.parse(source));
  if (Array.isArray(items)) return items;
  const got = items === null ? "null" : `a value of type ${typeof items}`;
  throw standardFault(
    "expression",
    `"for.in" must give an array, got ${got}: ${JSON.stringify(source)}`,
    frame.pointer,
  );
}
