import { describe, expect, test } from "bun:test";

import { createDrive, type Drive } from "./drive.ts";
import type { JournalEventBody } from "./journal-event.ts";
import type { Decision, Outcome, Program } from "./program.ts";

const NOTHING: Decision = { commands: [], abandoned: [], notes: [] };
const STARTED: JournalEventBody = {
  type: "run.started",
  program: "test",
  subject: { kind: "Workflow", name: "test" },
  definition: null,
  definitionHash: "",
  input: null,
};

/** A program that answers each outcome with the next decision of a list. */
function start(decisions: readonly (Decision | Error)[]): { drive: Drive; taken: Outcome[] } {
  const taken: Outcome[] = [];
  const rest = [...decisions];
  const next = (): Decision => {
    const decision = rest.shift() ?? NOTHING;
    if (decision instanceof Error) throw decision;
    return decision;
  };
  const program: Program = {
    name: "test",
    open: () => ({
      begin: next,
      take: (outcome) => {
        taken.push(outcome);
        return next();
      },
    }),
  };
  const drive = createDrive("run_1", program);
  drive.advance({ timeMs: 1, body: STARTED });
  return { drive, taken };
}

const event = (id: string, name: string) => ({ kind: "event", id, name }) as const;
const timer = (id: string) => ({ kind: "timer", id, dueMs: 10 }) as const;
const signal = (signalId: string, name: string, data: number): JournalEventBody => ({
  type: "signal.received",
  signalId,
  name,
  data,
});
const succeeded = (commandId: string): JournalEventBody => ({
  type: "outcome.succeeded",
  commandId,
  value: null,
});

describe("signals", () => {
  test("the oldest signal of a name answers the oldest command that waits for it", () => {
    const { drive, taken } = start([
      { ...NOTHING, commands: [event("e1", "a"), event("e2", "b"), event("e3", "a")] },
    ]);

    drive.advance({ timeMs: 2, body: signal("s1", "a", 1) });
    drive.advance({ timeMs: 3, body: signal("s2", "a", 2) });
    drive.advance({ timeMs: 4, body: signal("s3", "a", 3) });

    expect(taken).toEqual([
      { id: "e1", timeMs: 2, ok: true, value: 1 },
      { id: "e3", timeMs: 3, ok: true, value: 2 },
    ]);
    expect([...drive.pending.keys()]).toEqual(["e2"]);
  });

  test("a signal that was there first answers at the time at which it is asked for", () => {
    const { drive, taken } = start([
      { ...NOTHING, commands: [timer("t")] },
      { ...NOTHING, commands: [event("e", "a")] },
    ]);

    drive.advance({ timeMs: 2, body: signal("s1", "a", 1) });
    drive.advance({ timeMs: 5, body: succeeded("t") });

    expect(taken.at(-1)).toEqual({ id: "e", timeMs: 5, ok: true, value: 1 });
    expect(drive.hasSignal("s1")).toBe(true);
    expect(drive.hasSignal("s2")).toBe(false);
  });

  test("a command that was given up takes no signal from the next one", () => {
    const { drive, taken } = start([
      { ...NOTHING, commands: [event("e1", "a"), timer("t")] },
      { ...NOTHING, commands: [event("e2", "a")], abandoned: ["e1"] },
    ]);

    drive.advance({ timeMs: 2, body: succeeded("t") });
    drive.advance({ timeMs: 3, body: signal("s", "a", 7) });

    expect(taken.at(-1)).toMatchObject({ id: "e2", value: 7 });
  });
});

describe("commands", () => {
  test("what is asked for and given up in the same decision is neither started nor stopped", () => {
    const { drive } = start([
      { ...NOTHING, commands: [timer("t")] },
      { ...NOTHING, commands: [timer("u"), timer("v")], abandoned: ["u"] },
    ]);

    const step = drive.advance({ timeMs: 2, body: succeeded("t") });

    expect(step.commands.map(({ id }) => id)).toEqual(["v"]);
    expect(step.abandoned).toEqual([]);
  });

  test("the end of a run gives up whatever is still under way", () => {
    const { drive } = start([
      { ...NOTHING, commands: [timer("t"), timer("u")] },
      { ...NOTHING, commands: [timer("v")], end: { status: "completed", output: 1 } },
    ]);

    const step = drive.advance({ timeMs: 2, body: succeeded("t") });

    expect(step).toMatchObject({ commands: [], abandoned: ["u"], end: { output: 1 } });
    expect(drive.pending.size).toBe(0);
  });

  test.each([
    ["the same id twice", [timer("t"), timer("t")], 'the command "t" was asked for twice'],
    ["a timer without a time", [{ ...timer("t"), dueMs: Number.NaN }], "is due at no time"],
  ])("%s is the program's bug and ends the run as failed", (_what, commands, message) => {
    const { drive } = start([{ ...NOTHING, commands }]);

    expect(drive.end).toMatchObject({ status: "failed", error: { status: 500 } });
    expect(JSON.stringify(drive.end)).toContain(message.replaceAll('"', '\\"'));
  });

  test("a program that throws ends the run as failed and hands over what it threw", () => {
    const bug = new TypeError("oops");
    const { drive } = start([{ ...NOTHING, commands: [timer("t"), timer("u")] }, bug]);

    const step = drive.advance({ timeMs: 2, body: succeeded("t") });

    expect(step.bug).toBe(bug);
    expect(step).toMatchObject({ abandoned: ["u"], end: { status: "failed" } });
  });
});

describe("pause", () => {
  test("outcomes and signals are held in order and taken at the time of the resume", () => {
    const { drive, taken } = start([
      { ...NOTHING, commands: [timer("t"), event("e", "a")] },
      { ...NOTHING, commands: [timer("u")] },
    ]);

    drive.advance({ timeMs: 2, body: { type: "run.paused" } });
    drive.advance({ timeMs: 3, body: succeeded("t") });
    drive.advance({ timeMs: 4, body: signal("s", "a", 1) });
    const before = [...taken];
    const step = drive.advance({ timeMs: 9, body: { type: "run.resumed" } });

    expect(before).toEqual([]);
    expect(taken.map(({ id, timeMs }) => [id, timeMs])).toEqual([
      ["t", 9],
      ["e", 9],
    ]);
    expect(step.commands.map(({ id }) => id)).toEqual(["u"]);
  });

  test("an outcome that was held is ignored when an earlier one gives its command up", () => {
    const { drive, taken } = start([
      { ...NOTHING, commands: [timer("t"), timer("u")] },
      { ...NOTHING, abandoned: ["u"] },
    ]);

    drive.advance({ timeMs: 2, body: { type: "run.paused" } });
    drive.advance({ timeMs: 3, body: succeeded("t") });
    drive.advance({ timeMs: 4, body: succeeded("u") });
    drive.advance({ timeMs: 5, body: { type: "run.resumed" } });

    expect(taken.map(({ id }) => id)).toEqual(["t"]);
  });
});

describe("a journal that is not of this program", () => {
  test("an outcome of what was never asked for is refused", () => {
    const { drive } = start([{ ...NOTHING, commands: [timer("t")] }]);

    expect(() => drive.advance({ timeMs: 2, body: succeeded("x") })).toThrow('an outcome of "x"');
  });

  test("an outcome of what was given up is ignored", () => {
    const { drive, taken } = start([
      { ...NOTHING, commands: [timer("t"), timer("u")] },
      { ...NOTHING, abandoned: ["u"] },
    ]);
    drive.advance({ timeMs: 2, body: succeeded("t") });

    drive.advance({ timeMs: 3, body: succeeded("u") });

    expect(taken.map(({ id }) => id)).toEqual(["t"]);
  });

  test("a failure that the backend adds by itself ends the run", () => {
    const { drive } = start([{ ...NOTHING, commands: [timer("t")] }]);
    const error = { type: "t", status: 500 };

    const step = drive.advance({ timeMs: 2, body: { type: "run.failed", error } });

    expect(step.abandoned).toEqual(["t"]);
    expect(drive.end).toEqual({ status: "failed", error });
  });

  test("an end that the program has not come to is refused", () => {
    const { drive } = start([NOTHING]);

    expect(() => drive.advance({ timeMs: 2, body: { type: "run.completed", output: 1 } })).toThrow(
      "it says the run has completed, but for the program it has not ended",
    );
  });
});
