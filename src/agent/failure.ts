import type { z } from "zod";

import type { RunError } from "../durable/errors.ts";

const BASE = "https://stigmer.ai/errors";

/** Why an agent run failed. The types are stable: a workflow's `catch` may filter on them. */
const kinds = {
  validation: { type: `${BASE}/validation`, status: 400, title: "Invalid agent run" },
  limit: { type: `${BASE}/agent-limit`, status: 422, title: "Agent limit reached" },
  loop: { type: `${BASE}/agent-loop`, status: 422, title: "Agent went in circles" },
  answer: { type: `${BASE}/model-answer`, status: 502, title: "Unusable model answer" },
} as const;

export function agentError(kind: keyof typeof kinds, detail: string, instance: string): RunError {
  return { ...kinds[kind], detail, instance };
}

/** Every issue on one line, each with its JSON Pointer. */
export function describeIssues(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${toPointer(path)}: ${message}`).join("; ");
}

function toPointer(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => String(step).replaceAll("~", "~0").replaceAll("/", "~1"));
  return steps.length === 0 ? "the whole value" : `/${steps.join("/")}`;
}
