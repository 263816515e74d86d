import type { JsonValue } from "../base/json.ts";
import type { Outcome } from "../durable/program.ts";
import { Fault } from "./fault.ts";
import { perform, type Work } from "./fiber.ts";
import type { Frame } from "./run-state.ts";

interface Wanted {
  readonly id: string;
  readonly name: string;
  readonly input: JsonValue;
}

/** Wants an activity and gives its value; a failure becomes an error of the task. Retries are for the document to say. */
export function* performActivity(frame: Frame, wanted: Wanted): Work<JsonValue> {
  return valueOf(yield* perform({ kind: "activity", ...wanted }), frame);
}

export function valueOf(outcome: Outcome, { pointer }: Frame): JsonValue {
  if (outcome.ok) return outcome.value;
  throw new Fault({ ...outcome.error, instance: pointer });
}
