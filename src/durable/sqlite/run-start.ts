import { toCanonicalJson } from "../../base/json.ts";
import { sha256Hex } from "../../base/sha256.ts";
import type { RunRequest } from "../backend.ts";
import type { Parent } from "../journal-event.ts";
import { record } from "./batch.ts";
import type { Recorded } from "./batch.ts";
import { withinLimits } from "./event-text.ts";
import { hashDefinition } from "./replay.ts";

/** A run as it will be journaled, and what tells it from another with the same id. */
export interface RunStartRecord {
  readonly runId: string;
  readonly requestHash: string;
  readonly recorded: Recorded;
}

export function recordStart(request: RunRequest, parent?: Parent): RunStartRecord {
  return withinLimits(() => recordStartOf(request, parent));
}

function recordStartOf(request: RunRequest, parent?: Parent): RunStartRecord {
  const { runId, program, subject, definition, input } = request;
  const definitionHash = hashDefinition(definition);
  const requestHash = sha256Hex([program, definitionHash, toCanonicalJson(input)].join("\n"));
  const body = { program, subject, definition, definitionHash, input };
  const recorded = record({ type: "run.started", ...body, ...(parent && { parent }) });
  return { runId, requestHash, recorded };
}
