import type { Command } from "../durable/command.ts";
import type { Outcome } from "../durable/program.ts";

/** A piece of a program that pauses where it needs the world or others: it yields what it wants and is resumed. */
export type Work<T> = Generator<Want, T, Outcome | undefined>;

type Want =
  | { readonly kind: "command"; readonly command: Command }
  /** Works that go on side by side. The first that throws, or says "stop", ends the others at once. */
  | { readonly kind: "group"; readonly works: readonly Work<Verdict>[] };

type Verdict = "wait" | "stop";

/** Wants something of the world and gives how it ended. */
export function* perform(command: Command): Work<Outcome> {
  const outcome = yield { kind: "command", command };
  if (!outcome) throw new Error("unreachable: a command was resumed without its outcome");
  return outcome;
}

/**
 * Does all works at once and gives their results in order. When `isLast` says so of a result, the other works end and
 * only what was finished is given.
 */
export function* all<T>(
  works: readonly Work<T>[],
  isLast: (result: T) => boolean = () => false,
): Work<{ readonly index: number; readonly result: T }[]> {
  const finished: { index: number; result: T }[] = [];
  const keep = function* (work: Work<T>, index: number): Work<Verdict> {
    const result = yield* work;
    finished.push({ index, result });
    return isLast(result) ? "stop" : "wait";
  };
  yield { kind: "group", works: works.map(keep) };
  return finished.toSorted((a, b) => a.index - b.index);
}

/** The result of the first work that ends well; when none does, the first error of a kind that `isLoss` names. */
export function* firstOf<T>(
  works: readonly Work<T>[],
  isLoss: (error: unknown) => boolean,
): Work<T | undefined> {
  const won: T[] = [];
  const losses: unknown[] = [];
  const compete = function* (work: Work<T>): Work<Verdict> {
    try {
      won.push(yield* work);
      return "stop";
    } catch (error) {
      if (!isLoss(error)) throw error;
      losses.push(error);
      return "wait";
    }
  };
  yield { kind: "group", works: works.map(compete) };
  if (won.length === 0 && losses.length > 0) throw losses[0];
  return won[0];
}

/** Does the work, unless the alarm ends first: then it throws what the alarm gave. */
export function* unless<T>(work: Work<T>, alarm: Work<Error>): Work<T> {
  const [ended] = yield* all<{ value: T }>([valueOf(work), throwing(alarm)], () => true);
  if (!ended) throw new Error("unreachable: neither the work nor its alarm ended");
  return ended.result.value;
}

function* valueOf<T>(work: Work<T>): Work<{ value: T }> {
  return { value: yield* work };
}

function* throwing(alarm: Work<Error>): Work<never> {
  throw yield* alarm;
}

interface Fiber {
  readonly work: Work<Verdict>;
  readonly group: Group | undefined;
  waitsFor: string | Group | undefined;
  isOver: boolean;
}

interface Group {
  readonly parent: Fiber;
  readonly fibers: Fiber[];
  openCount: number;
}

export interface Scheduler {
  start(work: Work<void>): void;
  /** Gives the outcome to the work that wants it; false when none does. */
  resume(outcome: Outcome): boolean;
  /** What is wanted and no longer wanted since the last call. */
  take(): { commands: Command[]; abandoned: string[] };
}

interface State {
  readonly waiting: Map<string, Fiber>;
  readonly wanted: Map<string, Command>;
  /** Fibers that can go on, in the order in which they could. */
  readonly ready: { readonly fiber: Fiber; readonly resume: Resume }[];
  abandoned: string[];
}

type Resume = () => IteratorResult<Want, Verdict>;

/**
 * Runs works one after the other, each as far as it comes, in an order that only their starts and outcomes decide:
 * the same outcomes give the same course.
 */
export function createScheduler(): Scheduler {
  const state: State = { waiting: new Map(), wanted: new Map(), ready: [], abandoned: [] };
  return {
    start: (work) => {
      const fiber: Fiber = {
        work: asRoot(work),
        group: undefined,
        waitsFor: undefined,
        isOver: false,
      };
      enqueue(state, fiber, () => fiber.work.next());
      drain(state);
    },
    resume: (outcome) => {
      const fiber = state.waiting.get(outcome.id);
      if (!fiber) return false;
      state.waiting.delete(outcome.id);
      enqueue(state, fiber, () => fiber.work.next(outcome));
      drain(state);
      return true;
    },
    take: () => {
      const taken = { commands: [...state.wanted.values()], abandoned: state.abandoned };
      state.wanted.clear();
      state.abandoned = [];
      return taken;
    },
  };
}

function* asRoot(work: Work<void>): Work<Verdict> {
  yield* work;
  return "wait";
}

function enqueue({ ready }: State, fiber: Fiber, resume: Resume): void {
  fiber.waitsFor = undefined;
  ready.push({ fiber, resume });
}

function drain(state: State): void {
  for (let next = state.ready.shift(); next; next = state.ready.shift()) {
    if (!next.fiber.isOver) advance(state, next.fiber, next.resume);
  }
}

function advance(state: State, fiber: Fiber, resume: Resume): void {
  let result: IteratorResult<Want, Verdict>;
  try {
    result = resume();
  } catch (error) {
    fiber.isOver = true;
    fail(state, fiber, error);
    return;
  }
  if (result.done === true) end(state, fiber, result.value);
  else wait(state, fiber, result.value);
}

function wait(state: State, fiber: Fiber, want: Want): void {
  if (want.kind === "group") {
    startGroup(state, fiber, want.works);
    return;
  }
  const { command } = want;
  if (state.waiting.has(command.id)) throw new Error(`two commands have the id "${command.id}"`);
  fiber.waitsFor = command.id;
  state.waiting.set(command.id, fiber);
  state.wanted.set(command.id, command);
}

function startGroup(state: State, parent: Fiber, works: readonly Work<Verdict>[]): void {
  const group: Group = { parent, fibers: [], openCount: works.length };
  if (works.length === 0) {
    enqueue(state, parent, () => parent.work.next());
    return;
  }
  parent.waitsFor = group;
  for (const work of works) {
    const fiber: Fiber = { work, group, waitsFor: undefined, isOver: false };
    group.fibers.push(fiber);
    enqueue(state, fiber, () => work.next());
  }
}

function end(state: State, fiber: Fiber, verdict: Verdict): void {
  fiber.isOver = true;
  const { group } = fiber;
  if (!group) return;
  group.openCount -= 1;
  if (verdict === "wait" && group.openCount > 0) return;
  for (const other of group.fibers) cancel(state, other);
  enqueue(state, group.parent, () => group.parent.work.next());
}

function fail(state: State, { group }: Fiber, error: unknown): void {
  if (!group) throw error;
  for (const other of group.fibers) cancel(state, other);
  enqueue(state, group.parent, () => group.parent.work.throw(error));
}

function cancel(state: State, fiber: Fiber): void {
  if (fiber.isOver) return;
  fiber.isOver = true;
  const { waitsFor } = fiber;
  if (typeof waitsFor === "string") {
    state.waiting.delete(waitsFor);
    if (!state.wanted.delete(waitsFor)) state.abandoned.push(waitsFor);
  } else {
    for (const child of waitsFor?.fibers ?? []) cancel(state, child);
  }
  fiber.work.return("wait");
}
