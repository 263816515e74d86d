import { z } from "zod";

import { formatDurationMs } from "../../src/base/duration.ts";
import { RunError } from "../../src/durable/errors.ts";
import type { RunEvent } from "../../src/schema/api/run-event.ts";
import { McpProgress } from "../../src/schema/wire/agent-step.ts";
import { taskPath } from "./task-path.ts";

/** What of an event a person who watches wants to see. `key` is the same from a thing's start to its end. */
export type Happening =
  | { is: "started"; what: Work; key: string; path: readonly string[]; input: string }
  | { is: "ended"; what: Work; key: string; path: readonly string[]; how: End; reason: string }
  | { is: "retried"; path: readonly string[]; reason: string }
  | { is: "waiting"; runId: string; forWhat: string }
  | { is: "text"; runId: string; text: string }
  | { is: "message"; runId: string; text: string }
  | { is: "run"; runId: string; how: string; name: string };

type Work = "task" | "tool";
export type End = "completed" | "faulted" | "cancelled";

const Task = z.looseObject({ task: z.string(), error: RunError.optional() });
const Text = z.looseObject({ text: z.string() });
const ToolCalled = z.looseObject({ id: z.string(), name: z.string(), arguments: z.unknown() });
const ToolEnded = Text.extend({ id: z.string(), name: z.string(), isError: z.boolean() });
const McpStarting = McpProgress.omit({ type: true }).loose();
const Failure = z.looseObject({ error: RunError });
const Subject = z.looseObject({ name: z.string().default("") });

/** Undefined for what only a program wants to know, and for events of a later version that mean nothing here. */
export function toHappening(event: RunEvent): Happening | undefined {
  const [, family = "", word = ""] = /([a-z]+)\.([a-z-]+)\.v1$/.exec(event.type) ?? [];
  return READERS[family]?.(event, word);
}

const COMPLETED = { how: "completed", reason: "" } as const;

type Reader = (event: RunEvent, word: string) => Happening | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  task: readTask,
  agent: readAgent,
  run: readRun,
};

function readTask({ runid, data }: RunEvent, word: string): Happening | undefined {
  const parsed = Task.safeParse(data);
  if (!parsed.success) return undefined;
  const { task, error } = parsed.data;
  const key = `${runid}${task}`;
  const path = taskPath(task);
  const reason = error ? reasonOf(error) : "";
  switch (word) {
    case "started":
      return { is: "started", what: "task", key, path, input: "" };
    case "retried":
      return { is: "retried", path, reason };
    case "completed":
    case "faulted":
    case "cancelled":
      return { is: "ended", what: "task", key, path, how: word, reason };
    default:
      return undefined;
  }
}

function readAgent({ runid, data }: RunEvent, word: string): Happening | undefined {
  if (word === "text-delta" || word === "message") {
    const parsed = Text.safeParse(data);
    if (!parsed.success) return undefined;
    return { is: word === "message" ? "message" : "text", runId: runid, text: parsed.data.text };
  }
  if (word === "mcp-starting") return readStart(runid, data);
  if (word === "tool-call") {
    const parsed = ToolCalled.safeParse(data);
    if (!parsed.success) return undefined;
    const { id, name, arguments: given } = parsed.data;
    const input = JSON.stringify(given) ?? "";
    return { is: "started", what: "tool", key: `${runid}/${id}`, path: [name], input };
  }
  return word === "tool-result" ? readToolEnd(runid, data) : undefined;
}

function readToolEnd(runId: string, data: unknown): Happening | undefined {
  const parsed = ToolEnded.safeParse(data);
  if (!parsed.success) return undefined;
  const { id, name, isError, text } = parsed.data;
  const end = isError ? { how: "faulted" as const, reason: text } : COMPLETED;
  return { is: "ended", what: "tool", key: `${runId}/${id}`, path: [name], ...end };
}

function readStart(runId: string, data: unknown): Happening | undefined {
  const parsed = McpStarting.safeParse(data);
  if (!parsed.success) return undefined;
  const { server, elapsedMs, limitMs } = parsed.data;
  const times = `${formatDurationMs(elapsedMs)} of at most ${formatDurationMs(limitMs)}`;
  return { is: "waiting", runId, forWhat: `starting MCP server ${server} (${times})` };
}

function readRun({ runid, data }: RunEvent, word: string): Happening | undefined {
  if (word === "retrying") {
    const failed = Failure.safeParse(data);
    return { is: "retried", path: [], reason: failed.success ? reasonOf(failed.data.error) : "" };
  }
  const parsed = Subject.safeParse(data);
  return parsed.success
    ? { is: "run", runId: runid, how: word, name: parsed.data.name }
    : undefined;
}

export function reasonOf({ title, detail, type }: RunError): string {
  return detail ?? title ?? type;
}
