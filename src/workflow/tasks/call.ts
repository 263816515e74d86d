import { type CallTask, isCallOf } from "../../dsl/call.ts";
import { standardFault } from "../fault.ts";
import type { Work } from "../fiber.ts";
import type { Frame, TaskResult } from "../run-state.ts";
import { callAgent } from "./call-agent.ts";
import { callFunction } from "./call-function.ts";
import { callHttp } from "./call-http.ts";

/** Dispatches on what is called: a function that the document defines hides a built-in one of the same name. */
export function* runCall(task: CallTask, frame: Frame): Work<TaskResult> {
  if (isCallOf(task, "http")) return yield* callHttp(task, frame);
  const { functions } = frame.run.document.use ?? {};
  const defined =
    functions && Object.hasOwn(functions, task.call) ? functions[task.call] : undefined;
  if (defined) return yield* callFunction(defined, task, frame);
  if (task.call === "agent") return yield* callAgent(task, frame);
  throw standardFault("configuration", `"call: ${task.call}" can't run yet`, frame.pointer);
}
