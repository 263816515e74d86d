import type { z } from "zod";

import type { JsonValue } from "../base/json.ts";
import type { RunError } from "../durable/errors.ts";
import { toInputIssues } from "../schema/input-issues.ts";

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

/** Every issue on one line, each with its JSON Pointer and what was meant. */
export function describeIssues(schema: z.ZodType, value: JsonValue, error: z.ZodError): string {
  return toInputIssues(error, schema, value)
    .map(({ message, pointer, suggestion }) => {
      const place = pointer === "" ? message : `${pointer}: ${message}`;
      return suggestion === undefined ? place : `${place} (did you mean "${suggestion}"?)`;
    })
    .join("; ");
}
