import { expect, test } from "bun:test";

import type { Outcome } from "../durable/program.ts";
import { all, createScheduler, firstOf, perform, unless, type Work } from "./fiber.ts";

const done = (id: string): Outcome => ({ id, timeMs: 0, ok: true, value: id });

test("works go on side by side and give their results in order", () => {
  const scheduler = createScheduler();
  const results: string[] = [];
  scheduler.start(collect(all([wait("a"), wait("b")]), results));

  expect(idsOf(scheduler)).toEqual(["a", "b"]);
  scheduler.resume(done("b"));
  scheduler.resume(done("a"));

  expect(results).toEqual(["a", "b"]);
});

test("the first error ends the others and what they wanted", () => {
  const scheduler = createScheduler();
  const ended: string[] = [];
  scheduler.start(
    caught(all([guarded("slow", ended), failing("bad"), guarded("slower", ended)]), ended),
  );
  scheduler.take();

  scheduler.resume(done("bad"));

  expect(ended).toEqual(["slow", "slower", "Error: bad"]);
  expect(scheduler.take()).toEqual({ commands: [], abandoned: ["slow", "slower"] });
});

test("what was wanted and given up in one go is never asked for", () => {
  const scheduler = createScheduler();
  const results: string[] = [];

  scheduler.start(
    won(
      firstOf([wait("slow"), instant("now")], () => true),
      results,
    ),
  );

  expect(results).toEqual(["now"]);
  expect(scheduler.take()).toEqual({ commands: [], abandoned: [] });
});

test("works inside works are ended with them", () => {
  const scheduler = createScheduler();
  const ended: string[] = [];
  const inner = drop(all([guarded("x", ended), quiet(all([guarded("y", ended)]))]));
  scheduler.start(
    won(
      firstOf([inner, drop(wait("go"))], () => true),
      [],
    ),
  );
  scheduler.take();

  scheduler.resume(done("go"));

  expect(ended).toEqual(["x", "y"]);
  expect(scheduler.take().abandoned).toEqual(["x", "y"]);
});

test("an alarm ends the work that it watches, and is off when the work is done", () => {
  const scheduler = createScheduler();
  const log: string[] = [];
  scheduler.start(caught(unless(wait("work"), alarm("alarm")), log));
  scheduler.start(caught(unless(wait("fast"), alarm("unheard")), log));
  scheduler.take();

  scheduler.resume(done("alarm"));
  scheduler.resume(done("fast"));

  expect(log).toEqual(["Error: late alarm"]);
  expect(scheduler.take().abandoned).toEqual(["work", "unheard"]);
});

test("nothing waits for an outcome twice", () => {
  const scheduler = createScheduler();
  scheduler.start(drop(wait("a")));

  expect(scheduler.resume(done("a"))).toBe(true);
  expect(scheduler.resume(done("a"))).toBe(false);
});

test("two commands of one name are a mistake of the program", () => {
  const scheduler = createScheduler();

  expect(() => scheduler.start(drop(all([wait("a"), wait("a")])))).toThrow('the id "a"');
});

function* wait(id: string): Work<string> {
  yield* perform({ kind: "timer", id, dueMs: 0 });
  return id;
}

// oxlint-disable-next-line require-yield -- a work that waits for nothing
function* instant(value: string): Work<string> {
  return value;
}

function* alarm(id: string): Work<Error> {
  yield* wait(id);
  return new Error(`late ${id}`);
}

function* failing(id: string): Work<string> {
  yield* wait(id);
  throw new Error(id);
}

function* guarded(id: string, ended: string[]): Work<string> {
  let isDone = false;
  try {
    yield* wait(id);
    isDone = true;
  } finally {
    if (!isDone) ended.push(id);
  }
  return id;
}

function* collect(work: Work<{ readonly result: string }[]>, results: string[]): Work<void> {
  for (const { result } of yield* work) results.push(result);
}

function* won(work: Work<unknown>, results: string[]): Work<void> {
  const winner = yield* work;
  if (typeof winner === "string") results.push(winner);
}

function* caught(work: Work<unknown>, log: string[]): Work<void> {
  try {
    yield* work;
  } catch (error) {
    log.push(String(error));
  }
}

function* quiet(work: Work<unknown>): Work<string> {
  yield* work;
  return "";
}

function* drop(work: Work<unknown>): Work<void> {
  yield* work;
}

function idsOf(scheduler: ReturnType<typeof createScheduler>): string[] {
  return scheduler.take().commands.map(({ id }) => id);
}
