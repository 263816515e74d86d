import { Json, type JsonValue } from "../../src/base/json.ts";
import type {
  ActivityHandler,
  Backend,
  RunDescription,
  RunRequest,
} from "../../src/durable/backend.ts";
import type { JournalEvent } from "../../src/durable/journal-event.ts";
import type { Program } from "../../src/durable/program.ts";
import { type Script, scriptProgram } from "./script-program.ts";

/** What a test brings to a backend. */
export interface BackendParts {
  readonly programs: Readonly<Record<string, Program>>;
  readonly activities: (name: string) => ActivityHandler | undefined;
  readonly onProgress: (progress: { runId: string; commandId: string; data: JsonValue }) => void;
}

/** One place that holds a journal. `open` answers a started backend; after its `stop`, `open` finds the same journal. */
export interface BackendPlace {
  open(parts: BackendParts): Promise<Backend>;
  dispose(): Promise<void>;
}

let runs = 0;

export function request(script: Script, runId = `run_test${(runs += 1)}`): RunRequest {
  return {
    runId,
    program: "script",
    subject: { kind: "Workflow", name: "test" },
    definition: Json.parse(script),
    input: null,
  };
}

/** Activities that a test can watch and hold back. */
export class Workshop {
  /** `name(input) #attempt` of each start, in order. */
  readonly starts: string[] = [];
  readonly keys: string[] = [];
  readonly aborted: string[] = [];
  readonly progress: JsonValue[] = [];
  readonly handlers: Record<string, ActivityHandler> = {
    echo: async (input) => input,
  };
  readonly #gates = new Map<string, PromiseWithResolvers<JsonValue>>();

  /** An activity `name` that ends when `open(name)` is called. */
  gate(name: string): void {
    this.#gates.set(name, Promise.withResolvers<JsonValue>());
    this.handlers[name] = (_input, { signal, commandId }) => {
      signal.addEventListener("abort", () => this.aborted.push(commandId));
      return this.#gates.get(name)!.promise;
    };
  }

  open(name: string, value: JsonValue = name): void {
    this.#gates.get(name)!.resolve(value);
  }

  parts(): BackendParts {
    return {
      programs: { script: scriptProgram },
      activities: (name) => this.#watched(name),
      onProgress: ({ data }) => void this.progress.push(data),
    };
  }

  #watched(name: string): ActivityHandler | undefined {
    const handler = this.handlers[name];
    if (!handler) return undefined;
    return (input, context) => {
      this.starts.push(`${name}(${JSON.stringify(input)}) #${context.attempt}`);
      this.keys.push(context.idempotencyKey);
      return handler(input, context);
    };
  }
}

/** The events of one run, up to and with the first that fits. */
export async function eventsUntil(
  backend: Backend,
  runId: string,
  fits: (event: JournalEvent) => boolean,
): Promise<JournalEvent[]> {
  const found: JournalEvent[] = [];
  const done = new AbortController();
  for await (const events of backend.events(0, done.signal)) {
    for (const event of events) {
      if (event.runId !== runId) continue;
      found.push(event);
      if (fits(event)) return found;
    }
  }
  throw new Error(`the journal was closed before the event of run "${runId}" came`);
}

export function isEnd({ body }: JournalEvent): boolean {
  return ["run.completed", "run.failed", "run.cancelled"].includes(body.type);
}

export async function untilEnd(backend: Backend, runId: string): Promise<RunDescription> {
  await eventsUntil(backend, runId, isEnd);
  const description = await backend.describe(runId);
  if (!description) throw new Error(`there is no run "${runId}"`);
  return description;
}

/** Starts the script and answers how it ended. */
export async function finish(backend: Backend, script: Script): Promise<RunDescription> {
  const asked = request(script);
  await backend.run(asked);
  return untilEnd(backend, asked.runId);
}

/** What the promise was rejected with; undefined when it was not. */
export function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
