import { messageOf } from "../base/errors.ts";
import type { Command } from "./command.ts";
import type { RunError } from "./errors.ts";
import type { JournalEvent, JournalEventBody } from "./journal-event.ts";
import type { Decision, Execution, Note, Outcome, Program, RunEnd } from "./program.ts";
import { SignalInbox } from "./signal-inbox.ts";

/** A journal event as far as a run's own course is concerned. */
export type DriveEvent = Pick<JournalEvent, "timeMs" | "body">;

/** What follows from one journal event. `commands` are still wanted and `abandoned` were wanted before it. */
export interface Step extends Decision {
  /** Set when the program itself threw: the run has ended as failed, and someone should read the stack. */
  readonly bug?: unknown;
}

/**
 * One run in memory, driven by its journal: live and in replay, on every backend, by the same code. It needs no
 * clock: the time that the program sees is the time of the event that made it go on.
 */
export interface Drive {
  readonly runId: string;
  /** Commands whose outcome is not journaled yet. */
  readonly pending: ReadonlyMap<string, Command>;
  /** The last failed attempt of activities that wait for the next one. */
  readonly retries: ReadonlyMap<string, { readonly attempt: number; readonly dueMs: number }>;
  readonly isPaused: boolean;
  readonly end: DriveEnd | undefined;
  hasSignal(signalId: string): boolean;
  /** Takes the next event of the journal. Throws when the journal cannot be of this program. */
  advance(event: DriveEvent): Step;
}

export type DriveEnd = RunEnd | { readonly status: "cancelled"; readonly reason?: string };

const NOTHING: Step = { commands: [], abandoned: [], notes: [] };

export function createDrive(runId: string, program: Program): Drive {
  const state: DriveState = {
    runId,
    program,
    execution: undefined,
    pending: new Map(),
    retries: new Map(),
    abandoned: new Set(),
    inbox: new SignalInbox(),
    held: [],
    isPaused: false,
    end: undefined,
  };
  return Object.assign(state, {
    hasSignal: (signalId: string) => state.inbox.has(signalId),
    advance: (event: DriveEvent) => advance(state, event),
  });
}

interface DriveState {
  readonly runId: string;
  readonly program: Program;
  execution: Execution | undefined;
  readonly pending: Map<string, Command>;
  readonly retries: Map<string, { attempt: number; dueMs: number }>;
  /** Given up by the program; an outcome that was journaled before is still to be ignored. */
  readonly abandoned: Set<string>;
  readonly inbox: SignalInbox;
  /** What came while paused, in order. */
  held: HeldBody[];
  isPaused: boolean;
  end: DriveEnd | undefined;
}

type OutcomeBody = Extract<JournalEventBody, { type: "outcome.succeeded" | "outcome.failed" }>;
type SignalBody = Extract<JournalEventBody, { type: "signal.received" }>;
type HeldBody = OutcomeBody | SignalBody;
type EndBody = Extract<JournalEventBody, { type: "run.completed" | "run.failed" }>;

function advance(state: DriveState, { timeMs, body }: DriveEvent): Step {
  switch (body.type) {
    case "run.started":
      return begin(state, timeMs, body);
    case "outcome.succeeded":
    case "outcome.failed":
      return takeOutcome(state, timeMs, body);
    case "activity.retrying":
      state.retries.set(body.commandId, { attempt: body.attempt, dueMs: body.dueMs });
      return NOTHING;
    case "signal.received":
      state.inbox.remember(body.signalId);
      return deliverOrHold(state, timeMs, body);
    case "run.paused":
      state.isPaused = true;
      return NOTHING;
    case "run.resumed":
      return resume(state, timeMs);
    case "note":
      return NOTHING;
    case "run.completed":
    case "run.failed":
      return confirmEnd(state, body);
    case "run.cancelled":
      return cancel(state, body.reason);
    default:
      return body satisfies never;
  }
}

function begin(
  state: DriveState,
  timeMs: number,
  { subject, definition, input }: Extract<JournalEventBody, { type: "run.started" }>,
): Step {
  return settle(state, timeMs, () => {
    const start = { runId: state.runId, startedAtMs: timeMs, subject, definition, input };
    state.execution = state.program.open(start);
    return state.execution.begin();
  });
}

function takeOutcome(state: DriveState, timeMs: number, body: OutcomeBody): Step {
  const id = body.commandId;
  const isPending = state.pending.delete(id);
  state.retries.delete(id);
  if (isPending) return deliverOrHold(state, timeMs, body);
  if (state.abandoned.has(id) || state.end) return NOTHING;
  throw new Error(`it has an outcome of "${id}", which the program never asked for`);
}

function deliverOrHold(state: DriveState, timeMs: number, body: HeldBody): Step {
  if (state.end) return NOTHING;
  if (!state.isPaused) return deliver(state, timeMs, body);
  state.held.push(body);
  return NOTHING;
}

function deliver(state: DriveState, timeMs: number, body: HeldBody): Step {
  if (body.type === "signal.received") {
    state.inbox.put(body.name, body.data);
    return settle(state, timeMs, () => NOTHING);
  }
  const id = body.commandId;
  if (state.abandoned.has(id)) return NOTHING;
  return settle(state, timeMs, (execution) =>
    execution.take(
      body.type === "outcome.succeeded"
        ? { id, timeMs, ok: true, value: body.value }
        : { id, timeMs, ok: false, error: body.error },
    ),
  );
}

function resume(state: DriveState, timeMs: number): Step {
  state.isPaused = false;
  const held = state.held;
  state.held = [];
  const whole = emptyWhole();
  for (const body of held) {
    if (state.end) break;
    merge(whole, deliver(state, timeMs, body));
  }
  return finish(state, whole);
}

/**
 * In replay the end was decided by an earlier event; here it is only checked. But a backend may end a run as failed by
 * itself, when what the program decided could not be journaled.
 */
function confirmEnd(state: DriveState, body: EndBody): Step {
  if (body.type === "run.failed") {
    state.end = { status: "failed", error: body.error };
    return finish(state, emptyWhole());
  }
  if (state.end?.status === "completed") return NOTHING;
  const now = state.end?.status ?? "not ended";
  throw new Error(`it says the run has completed, but for the program it has ${now}`);
}

function cancel(state: DriveState, reason: string | undefined): Step {
  state.end = reason === undefined ? { status: "cancelled" } : { status: "cancelled", reason };
  return finish(state, emptyWhole());
}

/** Takes a decision, and then every outcome of an event command that a waiting signal has already answered. */
function settle(
  state: DriveState,
  timeMs: number,
  decide: (execution: Execution) => Decision,
): Step {
  const whole = emptyWhole();
  try {
    absorb(state, whole, decide(state.execution ?? unopened));
    for (;;) {
      const pair = state.end ? undefined : state.inbox.takePair();
      if (!pair) break;
      const { commandId: id, data: value } = pair;
      state.pending.delete(id);
      const outcome: Outcome = { id, timeMs, ok: true, value };
      absorb(state, whole, (state.execution ?? unopened).take(outcome));
    }
  } catch (bug) {
    state.end = { status: "failed", error: programError(state.program.name, bug) };
    whole.bug = bug;
  }
  return finish(state, whole);
}

const unopened: Execution = {
  begin: () => raise("the journal does not begin with run.started"),
  take: () => raise("the journal does not begin with run.started"),
};

function raise(message: string): never {
  throw new Error(message);
}

interface Whole {
  commands: Command[];
  abandoned: string[];
  notes: Note[];
  bug?: unknown;
}

function emptyWhole(): Whole {
  return { commands: [], abandoned: [], notes: [] };
}

function merge(whole: Whole, step: Step): void {
  for (const command of step.commands) whole.commands.push(command);
  for (const id of step.abandoned) whole.abandoned.push(id);
  for (const note of step.notes) whole.notes.push(note);
  if (step.bug !== undefined) whole.bug = step.bug;
}

function absorb(state: DriveState, whole: Whole, decision: Decision): void {
  merge(whole, decision);
  for (const command of decision.commands) {
    check(state, command);
    state.pending.set(command.id, command);
    if (command.kind === "event") state.inbox.wait(command.name, command.id);
  }
  for (const id of decision.abandoned) abandon(state, id);
  if (decision.end) state.end = decision.end;
}

function check({ pending }: DriveState, command: Command): void {
  if (pending.has(command.id)) raise(`the command "${command.id}" was asked for twice`);
  if (command.kind === "timer" && Number.isNaN(command.dueMs)) {
    raise(`the timer "${command.id}" is due at no time`);
  }
}

function abandon(state: DriveState, id: string): void {
  const command = state.pending.get(id);
  state.pending.delete(id);
  state.retries.delete(id);
  if (command?.kind === "event") state.inbox.leave(command.name, id);
  else state.abandoned.add(id);
}

/** Leaves out what was both asked for and given up on the way, and gives up everything when the run has ended. */
function finish(state: DriveState, whole: Whole): Step {
  if (whole.abandoned.length === 0 && !state.end) return whole;
  const { notes } = whole;
  const asked = new Set(whole.commands.map((command) => command.id));
  const abandoned = whole.abandoned.filter((id) => !asked.has(id));
  if (state.end) {
    for (const id of state.pending.keys()) if (!asked.has(id)) abandoned.push(id);
    state.pending.clear();
    state.retries.clear();
  }
  const commands = whole.commands.filter((command) => state.pending.has(command.id));
  const end = state.end && state.end.status !== "cancelled" ? { end: state.end } : {};
  const bug = whole.bug === undefined ? {} : { bug: whole.bug };
  return { commands, abandoned, notes, ...end, ...bug };
}

function programError(program: string, bug: unknown): RunError {
  return {
    type: "https://serverlessworkflow.io/spec/1.0.0/errors/runtime",
    status: 500,
    title: "internal error",
    detail: `the program "${program}" stopped on a bug: ${messageOf(bug)}`,
  };
}
