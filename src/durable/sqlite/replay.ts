import { StigmerError } from "../../base/errors.ts";
import { toCanonicalJson } from "../../base/json.ts";
import type { JsonValue } from "../../base/json.ts";
import { sha256Hex } from "../../base/sha256.ts";
import { createDrive } from "../drive.ts";
import type { Drive } from "../drive.ts";
import type { JournalEvent } from "../journal-event.ts";
import type { Engine, LiveRun } from "./engine.ts";
import type { RunRow } from "./journal.ts";

export function hashDefinition(definition: JsonValue): string {
  return sha256Hex(toCanonicalJson(definition));
}

/** The run as its journal says. Throws when the journal is damaged or the program does not follow it. */
export function replay(
  engine: Pick<Engine, "journal" | "programs">,
  row: RunRow,
): Pick<LiveRun, "drive" | "sequence" | "timeMs" | "steadyMs"> {
  let drive: Drive | undefined;
  let last: JournalEvent | undefined;
  for (const event of engine.journal.eventsOf(row)) {
    drive ??= openDrive(engine, event);
    advance(drive, event);
    last = event;
  }
  if (!drive || !last) throw new Error("unreachable: a run without events is damaged");
  if (drive.end) {
    const message = `the program has ended run "${row.runId}", and its journal goes on`;
    throw new StigmerError("failed", message, { hint: PROGRAM_CHANGED });
  }
  return { drive, sequence: last.sequence, timeMs: last.timeMs, steadyMs: undefined };
}

const PROGRAM_CHANGED =
  "the program has changed since the run began: go back to the version that began it, or cancel the run";

function openDrive({ programs }: Pick<Engine, "programs">, first: JournalEvent): Drive {
  const { runId, body } = first;
  if (body.type !== "run.started") {
    throw new Error(`the journal of run "${runId}" begins with ${body.type}`);
  }
  if (hashDefinition(body.definition) !== body.definitionHash) {
    throw new Error(`the definition of run "${runId}" is not the one that it began with`);
  }
  const program = programs[body.program];
  if (program) return createDrive(runId, program);
  throw new StigmerError("failed", `run "${runId}" is of the unknown program "${body.program}"`, {
    hint: "go back to the version that began it, or cancel the run",
  });
}

function advance(drive: Drive, event: JournalEvent): void {
  try {
    drive.advance(event);
  } catch (cause) {
    const place = `event ${event.sequence} of run "${event.runId}"`;
    const message = `the program cannot follow the journal at ${place}`;
    throw new StigmerError("failed", message, { hint: PROGRAM_CHANGED, cause });
  }
}
