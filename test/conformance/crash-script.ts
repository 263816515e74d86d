import { isJsonObject, type JsonValue } from "../../src/base/json.ts";
import type { ActivityContext, RunRequest } from "../../src/durable/backend.ts";
import { ActivityFailure } from "../../src/durable/errors.ts";
import type { Program } from "../../src/durable/program.ts";
import { request } from "./backend-fixture.ts";
import { type Script, scriptProgram } from "./script-program.ts";

/** A run that ends the same way each time, and the programs that it needs. */
export interface CrashCase {
  readonly request: RunRequest;
  readonly programs: Readonly<Record<string, Program>>;
}

const act = (input: string): Script => ({ do: "activity", name: "act", input });
const flaky: Script = {
  do: "activity",
  name: "act",
  input: "flaky",
  retry: { attemptsMax: 5, delayMs: 2, factor: 1, delayMaxMs: 2 },
};
const never: Script = { do: "event", name: "never" };
const family: Script = {
  do: "sequence",
  steps: [act("child"), { do: "child", script: act("deep") }],
};

/** Everything that a backend does, in one run that still ends the same way each time. */
const SCRIPT: Script = {
  do: "sequence",
  steps: [
    act("first"),
    { do: "all", steps: [act("left"), act("right"), { do: "timer", ms: 5 }] },
    { do: "note", text: "half way" },
    { do: "race", steps: [never, act("winner"), { do: "timer", ms: 60_000 }] },
    { do: "event", name: "go" },
    { do: "child", script: family },
    {
      do: "race",
      steps: [
        { do: "timer", ms: 3 },
        { do: "child", script: never },
      ],
    },
    flaky,
    { do: "catch", step: { do: "child", script: act("none"), program: "missing" } },
    act("big"),
    act("last"),
  ],
};

const cases: Readonly<Record<string, () => Promise<CrashCase>>> = {
  script: async () => ({
    request: request(SCRIPT, "run_script"),
    programs: { script: scriptProgram },
  }),
  // Loaded when it is asked for: the process of a script need not pay for it each time.
  workflow: async () => (await import("./crash-workflow.ts")).crashWorkflow,
};

export async function crashCase(name: string): Promise<CrashCase> {
  const found = cases[name];
  if (!found) throw new Error(`there is no crash test "${name}"`);
  return found();
}

/** What each activity answers. It depends on nothing but the command, so that a repeat answers the same. */
export function answer(name: string, input: JsonValue, context: ActivityContext): JsonValue {
  if (name === "resolve") return { instructions: "Be kind." };
  if (name === "agent.model") {
    const message = { role: "assistant", text: "Dear reader", toolCalls: [] };
    const usage = { inputTokens: 1, outputTokens: 1 };
    return { message, finishReason: "stop", usage, model: "test/canned" };
  }
  if (isFlaky(input) && context.attempt < 3 && !context.commandId.includes("/retry/2")) {
    throw new ActivityFailure({ type: "about:blank", status: 503 }, { isRetryable: true });
  }
  if (isJsonObject(input)) return input["uri"] ?? null;
  return input === "big" ? "x".repeat(100_000) : input;
}

function isFlaky(input: JsonValue): boolean {
  return JSON.stringify(input).includes("flaky");
}
