import { z } from "zod";

import { Json, type JsonValue } from "../../src/base/json.ts";
import { type Command, RetryPolicy } from "../../src/durable/command.ts";
import type { RunError } from "../../src/durable/errors.ts";
import type { Decision, Execution, Note, Outcome, Program } from "../../src/durable/program.ts";

/** A program as small as a program can be that still uses everything a backend offers. */
export type Script =
  | { do: "activity"; name: string; input?: JsonValue | undefined; retry?: RetryPolicy | undefined }
  | { do: "timer"; ms: number }
  | { do: "event"; name: string }
  | { do: "child"; script: Script; program?: string | undefined }
  | { do: "sequence" | "all" | "race"; steps: Script[] }
  | { do: "repeat"; times: number; step: Script }
  | { do: "catch"; step: Script }
  | { do: "value"; value: JsonValue }
  | { do: "note"; text: string }
  | { do: "now" }
  | { do: "bug" };

export const Script: z.ZodType<Script> = z.lazy(() =>
  z.discriminatedUnion("do", [
    z.strictObject({
      do: z.literal("activity"),
      name: z.string(),
      input: Json.optional(),
      retry: RetryPolicy.optional(),
    }),
    z.strictObject({ do: z.literal("timer"), ms: z.number() }),
    z.strictObject({ do: z.literal("event"), name: z.string() }),
    z.strictObject({ do: z.literal("child"), script: Script, program: z.string().optional() }),
    z.strictObject({ do: z.enum(["sequence", "all", "race"]), steps: z.array(Script) }),
    z.strictObject({ do: z.literal("repeat"), times: z.int(), step: Script }),
    z.strictObject({ do: z.literal("catch"), step: Script }),
    z.strictObject({ do: z.literal("value"), value: Json }),
    z.strictObject({ do: z.literal("note"), text: z.string() }),
    z.strictObject({ do: z.literal("now") }),
    z.strictObject({ do: z.literal("bug") }),
  ]),
);

/** The definition is a `Script`; the output is its value. */
export const scriptProgram: Program = {
  name: "script",
  open: (start) => new ScriptExecution(Script.parse(start.definition), start.startedAtMs),
};

type Result = { ok: true; value: JsonValue } | { ok: false; error: RunError };
type Done = (result: Result) => void;
type Group = Extract<Script, { steps: Script[] }>;

class ScriptExecution implements Execution {
  readonly #script: Script;
  readonly #waiting = new Map<string, Done>();
  #nowMs: number;
  #commands: Command[] = [];
  #abandoned: string[] = [];
  #notes: Note[] = [];
  #result: Result | undefined;

  constructor(script: Script, startedAtMs: number) {
    this.#script = script;
    this.#nowMs = startedAtMs;
  }

  begin(): Decision {
    this.#evaluate(this.#script, "/r", (result) => (this.#result = result));
    return this.#decision();
  }

  take(outcome: Outcome): Decision {
    this.#nowMs = outcome.timeMs;
    const done = this.#waiting.get(outcome.id);
    if (!done) throw new Error(`the outcome of "${outcome.id}" was not waited for`);
    this.#waiting.delete(outcome.id);
    done(outcome.ok ? { ok: true, value: outcome.value } : { ok: false, error: outcome.error });
    return this.#decision();
  }

  #decision(): Decision {
    const decision = {
      commands: this.#commands,
      abandoned: this.#abandoned,
      notes: this.#notes,
      ...(this.#result && { end: endOf(this.#result) }),
    };
    this.#commands = [];
    this.#abandoned = [];
    this.#notes = [];
    return decision;
  }

  #evaluate(script: Script, id: string, done: Done): void {
    switch (script.do) {
      case "sequence":
        return this.#sequence(script.steps, id, [], done);
      case "all":
        return this.#all(script, id, done);
      case "race":
        return this.#race(script, id, done);
      case "repeat":
        return this.#repeat(script.step, { id, times: script.times, count: 0 }, done);
      case "catch":
        return this.#evaluate(script.step, id, (result) =>
          done(result.ok ? result : { ok: true, value: { caught: Json.parse(result.error) } }),
        );
      case "value":
        return done({ ok: true, value: script.value });
      case "now":
        return done({ ok: true, value: this.#nowMs });
      case "note":
        this.#notes.push({ type: "test.note", subject: id, data: script.text });
        return done({ ok: true, value: null });
      case "bug":
        throw new Error("a bug in the program");
      case "activity":
      case "timer":
      case "event":
      case "child":
        return this.#ask(toCommand(script, id, this.#nowMs), done);
      default:
        return script satisfies never;
    }
  }

  #ask(command: Command, done: Done): void {
    this.#waiting.set(command.id, done);
    this.#commands.push(command);
  }

  #sequence(steps: readonly Script[], id: string, values: JsonValue[], done: Done): void {
    const step = steps[values.length];
    if (!step) return done({ ok: true, value: values });
    this.#evaluate(step, `${id}/${values.length}`, (result) => {
      if (!result.ok) return done(result);
      this.#sequence(steps, id, [...values, result.value], done);
    });
  }

  #repeat(step: Script, at: { id: string; times: number; count: number }, done: Done): void {
    if (at.count === at.times) return done({ ok: true, value: at.count });
    this.#evaluate(step, `${at.id}/${at.count}`, (result) => {
      if (!result.ok) return done(result);
      this.#repeat(step, { ...at, count: at.count + 1 }, done);
    });
  }

  #all({ steps }: Group, id: string, done: Done): void {
    const values: JsonValue[] = steps.map(() => null);
    let open = steps.length;
    let isOver = false;
    for (const [index, step] of steps.entries()) {
      this.#evaluate(step, `${id}/${index}`, (result) => {
        if (isOver) return;
        if (result.ok) values[index] = result.value;
        open -= 1;
        if (result.ok && open > 0) return;
        isOver = true;
        this.#giveUp(id);
        done(result.ok ? { ok: true, value: values } : result);
      });
    }
  }

  #race({ steps }: Group, id: string, done: Done): void {
    let isOver = false;
    for (const [index, step] of steps.entries()) {
      if (isOver) return;
      this.#evaluate(step, `${id}/${index}`, (result) => {
        if (isOver) return;
        isOver = true;
        this.#giveUp(id);
        done(result);
      });
    }
  }

  #giveUp(id: string): void {
    for (const waiting of this.#waiting.keys()) {
      if (!waiting.startsWith(`${id}/`)) continue;
      this.#waiting.delete(waiting);
      this.#abandoned.push(waiting);
    }
  }
}

function endOf(result: Result) {
  return result.ok
    ? ({ status: "completed", output: result.value } as const)
    : ({ status: "failed", error: result.error } as const);
}

type Leaf = Extract<Script, { do: "activity" | "timer" | "event" | "child" }>;

function toCommand(script: Leaf, id: string, nowMs: number): Command {
  switch (script.do) {
    case "activity": {
      const { name, input = null, retry } = script;
      return { kind: "activity", id, name, input, ...(retry && { retry }) };
    }
    case "timer":
      return { kind: "timer", id, dueMs: nowMs + script.ms };
    case "event":
      return { kind: "event", id, name: script.name };
    case "child":
      return {
        kind: "child",
        id,
        program: script.program ?? "script",
        subject: { kind: "Workflow", name: "child" },
        definition: Json.parse(script.script),
        input: null,
      };
    default:
      return script satisfies never;
  }
}
