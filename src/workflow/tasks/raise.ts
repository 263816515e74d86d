import type { ErrorDefinition } from "../../dsl/error.ts";
import type { RaiseTask } from "../../dsl/raise.ts";
import { Fault, standardFault } from "../fault.ts";
import type { Work } from "../fiber.ts";
import { fillTextIn } from "../frame.ts";
import type { Frame, TaskResult } from "../run-state.ts";

/** Fails with the error that the task defines or names; `instance` is the task unless the error says otherwise. */
// oxlint-disable-next-line require-yield -- a task kind is a work, though this one only fails
export function* runRaise(task: RaiseTask, frame: Frame): Work<TaskResult> {
  const { type, status, instance, title, detail } = definitionOf(task, frame);
  throw new Fault({
    type: fillTextIn(frame, type),
    status,
    ...(title === undefined ? {} : { title: fillTextIn(frame, title) }),
    ...(detail === undefined ? {} : { detail: fillTextIn(frame, detail) }),
    instance: instance === undefined ? frame.pointer : fillTextIn(frame, instance),
  });
}

function definitionOf({ raise: { error } }: RaiseTask, { run, pointer }: Frame): ErrorDefinition {
  if (typeof error !== "string") return error;
  const named = run.document.use?.errors?.[error];
  if (named) return named;
  throw standardFault("configuration", `unknown error "${error}"`, pointer);
}
