import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";

import type { JsonValue } from "../../src/base/json.ts";
import type { Backend } from "../../src/durable/backend.ts";
import { ActivityFailure, ActivityUnavailable, type RunError } from "../../src/durable/errors.ts";
import {
  type BackendPlace,
  errorOf,
  eventsUntil,
  finish,
  isEnd,
  request,
  untilEnd,
  Workshop,
} from "./backend-fixture.ts";
import type { Script } from "./script-program.ts";

// A busy machine is slow, not wrong.
setDefaultTimeout(30_000);

const ERROR = { type: "https://example.com/errors/full", status: 507, detail: "no room" };
const echo = (input: string | number): Script => ({ do: "activity", name: "echo", input });

/** What every durable engine must do, whatever it is made of. */
export function backendSuite(name: string, createPlace: () => Promise<BackendPlace>): void {
  describe(name, () => {
    let place: BackendPlace;
    let workshop: Workshop;
    let backend: Backend;

    beforeEach(async () => {
      place = await createPlace();
      workshop = new Workshop();
      backend = await place.open(workshop.parts());
    });
    afterEach(async () => {
      await backend.stop();
      await place.dispose();
    });

    async function restart(meanwhile: () => unknown = () => undefined): Promise<void> {
      await backend.stop();
      await meanwhile();
      backend = await place.open(workshop.parts());
    }
    const outcomes = async (runId: string) =>
      (await eventsUntil(backend, runId, isEnd)).map(({ body }) => body.type);
    const until = (runId: string, type: string) =>
      eventsUntil(backend, runId, ({ body }) => body.type === type);

    test("runs a sequence in order and gives its output", async () => {
      const end = await finish(backend, { do: "sequence", steps: [echo(1), echo(2), echo(3)] });

      expect(end).toMatchObject({ status: "completed", output: [1, 2, 3], pending: [] });
      expect(workshop.starts).toEqual(["echo(1) #1", "echo(2) #1", "echo(3) #1"]);
    });

    test("runs branches at the same time and gives their values in declared order", async () => {
      workshop.gate("slow");
      const asked = request({ do: "all", steps: [{ do: "activity", name: "slow" }, echo("fast")] });

      await backend.run(asked);
      await until(asked.runId, "outcome.succeeded");
      workshop.open("slow");

      expect(await untilEnd(backend, asked.runId)).toMatchObject({ output: ["slow", "fast"] });
    });

    test("gives up and aborts what loses a race, and never takes its outcome", async () => {
      workshop.gate("slow");
      const race: Script = { do: "race", steps: [{ do: "activity", name: "slow" }, echo("fast")] };
      const asked = request({ do: "sequence", steps: [race, { do: "event", name: "go" }] });

      await backend.run(asked);
      await until(asked.runId, "outcome.succeeded");
      workshop.open("slow");
      await backend.signal(asked.runId, { id: "s1", name: "go", data: "went" });

      expect(await untilEnd(backend, asked.runId)).toMatchObject({ output: ["fast", "went"] });
      expect(workshop.aborted).toEqual(["/r/0/0"]);
      expect((await outcomes(asked.runId)).filter((type) => type.startsWith("outcome"))).toEqual([
        "outcome.succeeded",
      ]);
    });

    test("fires a timer no earlier than it is due", async () => {
      const steps: Script[] = [{ do: "now" }, { do: "timer", ms: 30 }, { do: "now" }];

      const { output } = await finish(backend, { do: "sequence", steps });

      const [before, value, after] = output as [number, null, number];
      expect(value).toBeNull();
      expect(after - before).toBeGreaterThanOrEqual(30);
    });

    test("fires a timer that was due while it was down", async () => {
      const asked = request({ do: "timer", ms: 40 });
      await backend.run(asked);

      await restart(() => Bun.sleep(60));

      expect(await untilEnd(backend, asked.runId)).toMatchObject({ status: "completed" });
    });

    test("still waits for a timer that is not due after a restart", async () => {
      const steps: Script[] = [{ do: "now" }, { do: "timer", ms: 300 }, { do: "now" }];
      const asked = request({ do: "sequence", steps });
      await backend.run(asked);

      await restart();

      const { output } = await untilEnd(backend, asked.runId);
      const [before, , after] = output as number[];
      expect(after! - before!).toBeGreaterThanOrEqual(300);
    });

    test("gives a signal to the event that waits for its name", async () => {
      const asked = request({ do: "event", name: "approve" });
      await backend.run(asked);

      const other = await backend.signal(asked.runId, { id: "s0", name: "other", data: 0 });
      const answer = await backend.signal(asked.runId, { id: "s1", name: "approve", data: "yes" });

      expect([other, answer]).toEqual(["accepted", "accepted"]);
      expect(await untilEnd(backend, asked.runId)).toMatchObject({ output: "yes" });
    });

    test("keeps signals in order for events that come later, also over a restart", async () => {
      workshop.gate("first");
      const steps: Script[] = [
        { do: "activity", name: "first" },
        { do: "event", name: "go" },
        { do: "event", name: "go" },
      ];
      const asked = request({ do: "sequence", steps });
      await backend.run(asked);
      await backend.signal(asked.runId, { id: "a", name: "go", data: 1 });
      await backend.signal(asked.runId, { id: "b", name: "go", data: 2 });

      workshop.open("first");
      await restart();

      expect(await untilEnd(backend, asked.runId)).toMatchObject({ output: ["first", 1, 2] });
    });

    test("takes a signal once, however often it is sent, also over a restart", async () => {
      const wait: Script = { do: "event", name: "go" };
      const asked = request({ do: "sequence", steps: [wait, wait] });
      await backend.run(asked);
      const send = (id: string, data: number) =>
        backend.signal(asked.runId, { id, name: "go", data });

      const together = await Promise.all([send("a", 1), send("a", 1)]);
      await restart();
      const later = await send("a", 1);
      await send("b", 2);

      expect([...together, later]).toEqual(["accepted", "duplicate", "duplicate"]);
      expect(await untilEnd(backend, asked.runId)).toMatchObject({ output: [1, 2] });
      expect(await send("c", 3)).toBe("ended");
    });

    test("takes the output of a child, and of a child's child, as a value", async () => {
      const grandchild: Script = { do: "child", script: echo("deep") };
      const steps: Script[] = [
        { do: "child", script: echo("child") },
        { do: "child", script: grandchild },
      ];

      const end = await finish(backend, { do: "sequence", steps });

      expect(end).toMatchObject({ output: ["child", "deep"] });
    });

    test("takes the failure of a child as its own command's failure", async () => {
      workshop.handlers["fail"] = async () => Promise.reject(new ActivityFailure(ERROR));

      const end = await finish(backend, {
        do: "catch",
        step: { do: "child", script: { do: "activity", name: "fail" } },
      });

      expect(end).toMatchObject({ status: "completed", output: { caught: ERROR } });
    });

    test("goes on with a child after a restart", async () => {
      const asked = request({
        do: "child",
        script: { do: "sequence", steps: [echo(1), { do: "timer", ms: 50 }] },
      });
      await backend.run(asked);
      await eventsUntil(backend, asked.runId, () => true);

      await restart();

      expect(await untilEnd(backend, asked.runId)).toMatchObject({ output: [1, null] });
    });

    test("cancels a run with its whole tree of children and aborts what they do", async () => {
      workshop.gate("hang");
      const child: Script = { do: "child", script: { do: "activity", name: "hang" } };
      const asked = request({ do: "all", steps: [child, { do: "child", script: child }] });
      await backend.run(asked);
      const isStarted = () => workshop.starts.length === 2;
      while (!isStarted()) await Bun.sleep(1);

      await backend.cancel(asked.runId, "enough");

      expect(await backend.describe(asked.runId)).toMatchObject({
        status: "cancelled",
        pending: [],
      });
      const ends: string[] = [];
      for await (const events of backend.events(0, new AbortController().signal)) {
        ends.push(...events.filter(isEnd).map(({ body }) => body.type));
        if (ends.length >= 4) break;
      }
      expect(ends).toEqual(Array.from({ length: 4 }, () => "run.cancelled"));
      expect(workshop.aborted).toEqual(["/r", "/r"]);
    });

    test("leaves a run that has ended as it is when it is cancelled or paused", async () => {
      const asked = request(echo("done"));
      await backend.run(asked);
      const before = await untilEnd(backend, asked.runId);

      await backend.cancel(asked.runId);
      await backend.pause(asked.runId);
      await backend.resume(asked.runId);

      expect(await backend.describe(asked.runId)).toEqual(before);
    });

    test("a child that someone cancels is a failure for its parent", async () => {
      const asked = request({
        do: "catch",
        step: { do: "child", script: { do: "event", name: "never" } },
      });
      await backend.run(asked);
      let child: string | undefined;
      for await (const events of backend.events(0, new AbortController().signal)) {
        child = events.find(({ runId }) => runId !== asked.runId)?.runId;
        if (child) break;
      }

      await backend.cancel(child!, "not needed");

      const { output } = await untilEnd(backend, asked.runId);
      expect(output).toMatchObject({ caught: { status: 500, detail: "not needed" } });
    });

    test("a paused run journals what is under way but begins nothing until it is resumed", async () => {
      workshop.gate("first");
      const asked = request({
        do: "sequence",
        steps: [{ do: "activity", name: "first" }, echo(2)],
      });
      await backend.run(asked);

      await backend.pause(asked.runId);
      await backend.pause(asked.runId);
      workshop.open("first");
      await until(asked.runId, "outcome.succeeded");
      await finish(backend, echo("other run"));

      expect(workshop.starts).toEqual(["first(null) #1", 'echo("other run") #1']);
      expect(await backend.describe(asked.runId)).toMatchObject({ status: "paused", pending: [] });
      await backend.resume(asked.runId);
      expect(await untilEnd(backend, asked.runId)).toMatchObject({ output: ["first", 2] });
      expect((await outcomes(asked.runId)).filter((type) => type === "run.paused")).toHaveLength(1);
    });

    test("stays paused over a restart, and keeps signals and outcomes for later", async () => {
      workshop.gate("first");
      const steps: Script[] = [
        { do: "activity", name: "first" },
        { do: "event", name: "go" },
        echo(3),
      ];
      const asked = request({ do: "sequence", steps });
      await backend.run(asked);
      await backend.pause(asked.runId);
      workshop.open("first");
      await until(asked.runId, "outcome.succeeded");

      await restart();
      await backend.signal(asked.runId, { id: "s", name: "go", data: 2 });
      await restart();

      expect(await backend.describe(asked.runId)).toMatchObject({ status: "paused" });
      await backend.resume(asked.runId);
      expect(await untilEnd(backend, asked.runId)).toMatchObject({ output: ["first", 2, 3] });
      expect(workshop.starts).toEqual(["first(null) #1", "echo(3) #1"]);
    });

    test("does not repeat an interrupted activity of a paused run before it is resumed", async () => {
      workshop.gate("hang");
      const asked = request({ do: "activity", name: "hang" });
      await backend.run(asked);
      await backend.pause(asked.runId);
      workshop.handlers["hang"] = async () => "at last";

      await restart();
      await finish(backend, echo("other run"));

      expect(workshop.starts).toEqual(["hang(null) #1", 'echo("other run") #1']);
      await backend.resume(asked.runId);
      expect(await untilEnd(backend, asked.runId)).toMatchObject({ output: "at last" });
    });

    test("ends a paused run that is cancelled", async () => {
      const asked = request({ do: "event", name: "never" });
      await backend.run(asked);
      await backend.pause(asked.runId);

      await backend.cancel(asked.runId);

      expect(await backend.describe(asked.runId)).toMatchObject({ status: "cancelled" });
    });

    test("repeats a failed activity as its policy says, with the same idempotency key", async () => {
      workshop.handlers["flaky"] = async (_input, { attempt }) => {
        if (attempt < 3) throw new ActivityFailure(ERROR, { isRetryable: true });
        return "third time";
      };
      const retry = { attemptsMax: 5, delayMs: 1, factor: 1, delayMaxMs: 1 };
      const asked = request({ do: "activity", name: "flaky", retry });

      await backend.run(asked);

      expect(await untilEnd(backend, asked.runId)).toMatchObject({ output: "third time" });
      expect(workshop.starts).toEqual(["flaky(null) #1", "flaky(null) #2", "flaky(null) #3"]);
      expect(new Set(workshop.keys)).toEqual(new Set([`${asked.runId}//r`]));
      expect(await outcomes(asked.runId)).toEqual([
        "run.started",
        "activity.retrying",
        "activity.retrying",
        "outcome.succeeded",
        "run.completed",
      ]);
    });

    test("remembers over a restart which attempt is next and when", async () => {
      workshop.handlers["flaky"] = async () =>
        Promise.reject(new ActivityFailure(ERROR, { isRetryable: true }));
      const retry = { attemptsMax: 2, delayMs: 200, factor: 1, delayMaxMs: 200 };
      const asked = request({ do: "activity", name: "flaky", retry });
      await backend.run(asked);
      await until(asked.runId, "activity.retrying");

      workshop.handlers["flaky"] = async (_input, { attempt }) => attempt;
      await restart();

      expect(await untilEnd(backend, asked.runId)).toMatchObject({ output: 2 });
      const events = await eventsUntil(backend, asked.runId, isEnd);
      const due = events.flatMap(({ body }) =>
        body.type === "activity.retrying" ? body.dueMs : [],
      );
      const ended = events.find(({ body }) => body.type === "outcome.succeeded");
      expect(ended!.timeMs).toBeGreaterThanOrEqual(due[0]!);
    });

    test.each([
      ["that is not retryable", { isRetryable: false }, 1],
      ["when the attempts are used up", { isRetryable: true }, 3],
    ])("gives a failure to the program %s", async (_when, options, starts) => {
      workshop.handlers["fail"] = async () => Promise.reject(new ActivityFailure(ERROR, options));
      const retry = { attemptsMax: 3, delayMs: 0, factor: 2, delayMaxMs: 10 };

      const end = await finish(backend, { do: "activity", name: "fail", retry });

      expect(end).toMatchObject({ status: "failed", error: ERROR });
      expect(workshop.starts).toHaveLength(starts);
    });

    test("tries again for as long as nobody answers, without counting it as an attempt", async () => {
      let calls = 0;
      workshop.handlers["away"] = async (_input, { attempt }) => {
        calls += 1;
        if (calls < 3) throw new ActivityUnavailable("nobody there");
        return attempt;
      };
      const asked = request({ do: "activity", name: "away" });

      await backend.run(asked);

      expect(await untilEnd(backend, asked.runId)).toMatchObject({ output: 1 });
      expect(await outcomes(asked.runId)).toEqual([
        "run.started",
        "outcome.succeeded",
        "run.completed",
      ]);
    });

    test("turns an activity's bug into a failure of status 500", async () => {
      workshop.handlers["bug"] = async () => {
        throw new TypeError("undefined is not a function");
      };

      const { status, error } = await finish(backend, { do: "activity", name: "bug" });

      expect(status).toBe("failed");
      expect(error).toMatchObject({ status: 500, detail: "undefined is not a function" });
      expect(error?.type).toEndWith("/errors/runtime");
    });

    test.each<[string, Partial<RunError>, JsonValue]>([
      ["an error that is none", { status: 503.5 }, null],
      ["a value that is not JSON", {}, undefined as unknown as JsonValue],
      ["a value that turns in circles", {}, circle()],
    ])("turns %s into a failure of status 500", async (_what, wrong, value) => {
      workshop.handlers["odd"] = async () => {
        if ("status" in wrong) throw new ActivityFailure({ ...ERROR, ...wrong });
        return value;
      };

      const { status, error } = await finish(backend, { do: "activity", name: "odd" });

      expect(status).toBe("failed");
      expect(error).toMatchObject({ status: 500 });
    });

    test("turns a program's bug into a failure of status 500", async () => {
      const { status, error } = await finish(backend, {
        do: "sequence",
        steps: [echo(1), { do: "bug" }],
      });

      expect(status).toBe("failed");
      expect(error?.detail).toContain("a bug in the program");
    });

    test("names an activity or a child's program that does not exist", async () => {
      const activity = await finish(backend, { do: "activity", name: "missing" });
      const child = await finish(backend, { do: "child", script: echo(1), program: "missing" });

      expect(activity.error).toMatchObject({
        status: 400,
        detail: 'there is no activity "missing"',
      });
      expect(child.error).toMatchObject({ status: 400, detail: 'there is no program "missing"' });
    });

    test("refuses an unknown program and names the one that was meant", async () => {
      const refused = backend.run({ ...request(echo(1)), program: "skript" });

      expect(await errorOf(refused)).toMatchObject({
        code: "invalid_input",
        message: 'there is no program "skript"',
        hint: 'did you mean "script"?',
      });
    });

    test("starts the same run once, and refuses another with its id", async () => {
      const asked = request({ do: "sequence", steps: [echo(1), { do: "event", name: "go" }] });

      await Promise.all([backend.run(asked), backend.run(asked)]);
      await restart();
      await backend.run(asked);

      expect(await errorOf(backend.run({ ...asked, input: 2 }))).toMatchObject({
        code: "conflict",
      });
      await backend.signal(asked.runId, { id: "s", name: "go", data: 0 });
      await untilEnd(backend, asked.runId);
      await backend.run(asked);
      expect((await outcomes(asked.runId)).filter((type) => type === "run.started")).toHaveLength(
        1,
      );
    });

    test("says that a run does not exist", async () => {
      expect(await backend.describe("run_none")).toBeUndefined();
      const signal = backend.signal("run_none", { id: "s", name: "go", data: null });
      expect(await errorOf(signal)).toMatchObject({ code: "not_found" });
      expect(await errorOf(backend.cancel("run_none"))).toMatchObject({ code: "not_found" });
      expect(await errorOf(backend.pause("run_none"))).toMatchObject({ code: "not_found" });
    });

    test("describes what a run waits for", async () => {
      workshop.gate("hang");
      const steps: Script[] = [
        { do: "activity", name: "hang" },
        { do: "event", name: "go" },
      ];
      const asked = request({ do: "race", steps });

      await backend.run(asked);

      expect(await backend.describe(asked.runId)).toEqual({
        runId: asked.runId,
        status: "running",
        pending: ["/r/0", "/r/1"],
      });
    });

    test("journals the program's notes beside what caused them", async () => {
      const asked = request({
        do: "sequence",
        steps: [echo(1), { do: "note", text: "half" }, echo(2)],
      });

      await backend.run(asked);

      await untilEnd(backend, asked.runId);
      const events = await eventsUntil(backend, asked.runId, isEnd);
      expect(events.map(({ body }) => body.type)).toEqual([
        "run.started",
        "outcome.succeeded",
        "note",
        "outcome.succeeded",
        "run.completed",
      ]);
      expect(events[2]!.body).toEqual({
        type: "note",
        noteType: "test.note",
        subject: "/r/1",
        data: "half",
      });
    });

    test("numbers the events of a run without gaps, and never lets its time go back", async () => {
      const asked = request({ do: "repeat", times: 50, step: echo("x") });
      await backend.run(asked);

      const events = await eventsUntil(backend, asked.runId, isEnd);

      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
      const times = events.map(({ timeMs }) => timeMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    });

    test("gives a reader the journal from any position, without repeats", async () => {
      const first = request(echo(1));
      await backend.run(first);
      const known = await eventsUntil(backend, first.runId, isEnd);
      const position = known.at(-1)!.position;

      const second = request(echo(2));
      await backend.run(second);
      const rest: string[] = [];
      for await (const events of backend.events(position, new AbortController().signal)) {
        rest.push(...events.map((event) => event.runId));
        if (events.some(isEnd)) break;
      }

      expect(new Set(rest)).toEqual(new Set([second.runId]));
    });

    test("ends a reader's wait when the reader stops", async () => {
      const done = new AbortController();
      const reader = backend.events(0, done.signal)[Symbol.asyncIterator]();

      const next = reader.next();
      done.abort();

      expect(await next).toMatchObject({ done: true });
    });

    test("shows an activity's progress live and does not journal it", async () => {
      workshop.handlers["talk"] = async (_input, { progress }) => {
        progress("a");
        progress("b");
        return "ab";
      };
      const asked = request({ do: "activity", name: "talk" });

      await backend.run(asked);

      await untilEnd(backend, asked.runId);
      expect(workshop.progress).toEqual(["a", "b"]);
      expect(await outcomes(asked.runId)).toEqual([
        "run.started",
        "outcome.succeeded",
        "run.completed",
      ]);
    });

    test("repeats an activity that a stop interrupted, with the same key", async () => {
      workshop.gate("hang");
      const asked = request({ do: "sequence", steps: [echo(1), { do: "activity", name: "hang" }] });
      await backend.run(asked);
      await until(asked.runId, "outcome.succeeded");

      await restart(() => (workshop.handlers["hang"] = async () => "done"));

      expect(await untilEnd(backend, asked.runId)).toMatchObject({ output: [1, "done"] });
      expect(workshop.starts).toEqual(["echo(1) #1", "hang(null) #1", "hang(null) #1"]);
      expect(workshop.keys[1]).toBe(workshop.keys[2]);
    });

    test("keeps big values, inputs and definitions over a restart", async () => {
      const text = "ä🙂\u0000\n".repeat(60_000);
      const steps: Script[] = [echo(text), { do: "event", name: "go" }];
      const asked = request({ do: "sequence", steps });
      await backend.run(asked);
      await until(asked.runId, "outcome.succeeded");

      await restart();
      await backend.signal(asked.runId, { id: "s", name: "go", data: text });

      expect(await untilEnd(backend, asked.runId)).toMatchObject({ output: [text, text] });
    });

    test("runs 10,000 steps, and replays them", async () => {
      const loop: Script = { do: "repeat", times: 10_000, step: echo("x") };
      const asked = request({ do: "sequence", steps: [loop, { do: "event", name: "go" }] });
      await backend.run(asked);
      let steps = 0;
      await eventsUntil(backend, asked.runId, ({ body }) => {
        if (body.type === "outcome.succeeded") steps += 1;
        return steps === 10_000;
      });

      await restart();
      await backend.signal(asked.runId, { id: "s", name: "go", data: "end" });

      expect(await untilEnd(backend, asked.runId)).toMatchObject({ output: [10_000, "end"] });
      expect(workshop.starts).toHaveLength(10_000);
    }, 60_000);

    test("runs many runs beside each other, each with its own outcome", async () => {
      const asked = Array.from({ length: 200 }, (_, index) =>
        request({ do: "sequence", steps: [echo(index), { do: "timer", ms: 1 }, echo(index)] }),
      );

      await Promise.all(asked.map((one) => backend.run(one)));

      const outputs = await Promise.all(
        asked.map(async ({ runId }) => (await untilEnd(backend, runId)).output),
      );
      expect(outputs).toEqual(asked.map((_, index) => [index, null, index]));
    });
  });
}

function circle(): JsonValue {
  const turns: JsonValue[] = [];
  turns.push(turns);
  return turns;
}
