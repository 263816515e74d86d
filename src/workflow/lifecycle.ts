import { Json, type JsonObject, type JsonValue } from "../base/json.ts";
import type { TaskKind } from "../dsl/task.ts";
import type { RunError } from "../durable/errors.ts";
import type { RunState, Site } from "./run-state.ts";
import { toIso8601 } from "./time.ts";

type TaskPhase = "started" | "completed" | "faulted" | "retried" | "cancelled";

/** Tells observers about a task, as the specification's lifecycle events. */
export function noteTask(
  { run, name, position }: Site,
  phase: TaskPhase,
  kind: TaskKind,
  data: JsonObject = {},
): void {
  run.note({
    type: `io.serverlessworkflow.task.${phase}.v1`,
    subject: position,
    data: { task: position, name, kind, ...data },
  });
}

export function noteWorkflow(
  run: RunState,
  phase: "started" | "completed" | "faulted",
  data: JsonObject = {},
): void {
  const { namespace, name, version } = run.document.document;
  run.note({
    type: `io.serverlessworkflow.workflow.${phase}.v1`,
    data: {
      name: `${name}-${run.runId}.${namespace}`,
      ...(phase === "started" ? { definition: { namespace, name, version } } : {}),
      [`${phase}At`]: toIso8601(run.nowMs),
      ...data,
    },
  });
}

/** About how many characters of an output go into an event. The whole of it is there when the run asks for it. */
const OUTPUT_SIZE_MAX = 4_096;

/** An output as an event carries it: big ones are left out, for a loop that collects would write its list each time. */
export function outputData(output: JsonValue): JsonObject {
  return sizeUpTo(output, OUTPUT_SIZE_MAX) >= OUTPUT_SIZE_MAX
    ? { isOutputOmitted: true }
    : { output };
}

export function errorData(error: RunError): JsonObject {
  return { error: Json.parse(error) };
}

/** The size of a value, counted no further than the limit: the cost of asking does not grow with the value. */
function sizeUpTo(value: JsonValue, limit: number): number {
  if (typeof value === "string") return value.length + 2;
  if (typeof value !== "object" || value === null) return 5;
  const isList = Array.isArray(value);
  let size = 2;
  for (const [key, child] of isList ? value.entries() : entriesOf(value)) {
    if (size >= limit) return size;
    size += (typeof key === "string" ? key.length + 4 : 1) + sizeUpTo(child, limit - size);
  }
  return size;
}

/** One by one: `Object.entries` would first make a list of all. */
function* entriesOf(value: JsonObject): Generator<[key: string, child: JsonValue]> {
  for (const key in value) {
    if (Object.hasOwn(value, key)) yield [key, value[key] ?? null];
  }
}
