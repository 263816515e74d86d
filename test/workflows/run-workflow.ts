import type { JsonValue } from "../../src/base/json.ts";
import type { Command } from "../../src/durable/command.ts";
import type { RunError } from "../../src/durable/errors.ts";
import type { Decision, Outcome, RunEnd, RunStart } from "../../src/durable/program.ts";
import { workflowProgram } from "../../src/workflow/program.ts";

/** How an activity or a child ends, and how long after it was wanted. */
export interface Answer {
  readonly afterMs?: number;
  readonly value?: JsonValue;
  readonly error?: RunError;
}

export interface Script {
  readonly input?: JsonValue;
  /** Answers an activity or a child; what it leaves open never ends. */
  readonly answer?: (command: Command) => Answer | undefined;
  /** After so many outcomes the run is left as it is: a loop may have no end. */
  readonly outcomesMax?: number;
}

/** A run as it went, in simulated time: it starts at 2026-01-31T12:00:00Z and only waits for what it wanted. */
export interface Played {
  /** Absent when the run waits for something that never comes. */
  readonly end: RunEnd | undefined;
  readonly elapsedMs: number;
  readonly decisions: readonly Decision[];
  readonly outcomes: readonly Outcome[];
  readonly commands: readonly Command[];
  readonly abandoned: readonly string[];
}

export const STARTED_AT_MS = 1_769_860_800_000;
const OUTCOMES_MAX = 20_000;

export function playWorkflow(definition: JsonValue, script: Script = {}): Played {
  const start = startOf(definition, script.input ?? null);
  const execution = workflowProgram.open(start);
  const pending: { dueMs: number; outcome: Outcome }[] = [];
  const decisions: Decision[] = [];
  const outcomes: Outcome[] = [];
  let nowMs = start.startedAtMs;
  for (let decision = execution.begin(); ;) {
    decisions.push(decision);
    if (decision.end || outcomes.length >= (script.outcomesMax ?? OUTCOMES_MAX)) break;
    for (const id of decision.abandoned) forget(pending, id);
    for (const command of decision.commands) schedule(pending, command, { nowMs, script });
    const next = takeEarliest(pending);
    if (!next) break;
    nowMs = Math.max(nowMs, next.dueMs);
    const outcome = { ...next.outcome, timeMs: nowMs };
    outcomes.push(outcome);
    decision = execution.take(outcome);
  }
  return {
    end: decisions.at(-1)?.end,
    elapsedMs: nowMs - start.startedAtMs,
    decisions,
    outcomes,
    commands: decisions.flatMap(({ commands }) => commands),
    abandoned: decisions.flatMap(({ abandoned }) => abandoned),
  };
}

/** The decisions of a new execution that is fed these outcomes one by one, as after a crash. */
export function replay(
  definition: JsonValue,
  input: JsonValue,
  outcomes: readonly Outcome[],
): Decision[] {
  const execution = workflowProgram.open(startOf(definition, input));
  return [execution.begin(), ...outcomes.map((outcome) => execution.take(outcome))];
}

function startOf(definition: JsonValue, input: JsonValue): RunStart {
  const subject = { kind: "Workflow", name: "test" } as const;
  return { runId: "run_1", startedAtMs: STARTED_AT_MS, subject, definition, input };
}

type Pending = { dueMs: number; outcome: Outcome }[];

function schedule(
  pending: Pending,
  command: Command,
  { nowMs, script }: { nowMs: number; script: Script },
): void {
  const { id } = command;
  if (pending.some(({ outcome }) => outcome.id === id)) throw new Error(`"${id}" is wanted twice`);
  if (command.kind === "timer") {
    pending.push({ dueMs: command.dueMs, outcome: { id, timeMs: 0, ok: true, value: null } });
    return;
  }
  const answer = script.answer?.(command);
  if (!answer) return;
  const { afterMs = 0, error, value = null } = answer;
  const outcome: Outcome = error
    ? { id, timeMs: 0, ok: false, error }
    : { id, timeMs: 0, ok: true, value };
  pending.push({ dueMs: nowMs + afterMs, outcome });
}

function forget(pending: Pending, id: string): void {
  const index = pending.findIndex(({ outcome }) => outcome.id === id);
  if (index !== -1) pending.splice(index, 1);
}

/** Of two that are due at the same time the one that was wanted first. */
function takeEarliest(pending: Pending): Pending[number] | undefined {
  const dueMs = Math.min(...pending.map((item) => item.dueMs));
  const index = pending.findIndex((item) => item.dueMs === dueMs);
  return index === -1 ? undefined : pending.splice(index, 1)[0];
}
