import { z } from "zod";

import { PartStatus } from "../../base/part-status.ts";

/** `GET /readyz`: 200 when everything that a run needs is there, else 503 with the same body. */
export const Readiness = z.object({
  status: z.enum(["ready", "not-ready"]),
  parts: z.array(PartStatus),
  /** Whether the server reads the journal of the runs. */
  isJournalConnected: z.boolean(),
  /** Why it does not, when that does not pass by itself. */
  journalProblem: z.string().optional(),
});
export type Readiness = z.infer<typeof Readiness>;

/** Which model answers agents that name none, or what is missing before one can. */
export const ModelReport = z.object({
  provider: z.string(),
  model: z.string().optional(),
  baseUrl: z.string().optional(),
  /** Why this one: the setting or variable that says so. */
  reason: z.string(),
  /** What is missing, with the ways to mend it; absent when nothing is. */
  problem: z.string().optional(),
});
export type ModelReport = z.infer<typeof ModelReport>;

/** Which agent-runner was started last. */
const AgentRunnerReport = z.object({
  version: z.string(),
  sha256: z.string(),
  /** Where this copy came from, such as `embedded`, `download` or `local`. */
  source: z.string(),
  /** The command by which a person chose it: it stays, whatever is built later, until `stigmer runner reset`. */
  chosenBy: z.string().optional(),
});

/** `GET /v1/server` */
export const ServerReport = Readiness.extend({
  version: z.string(),
  commit: z.string(),
  /** Tells builds of one version apart. */
  build: z.string().optional(),
  pid: z.int(),
  url: z.string(),
  /** The home folder: settings, data and logs. */
  home: z.string(),
  startedAt: z.iso.datetime(),
  model: ModelReport,
  agentRunner: AgentRunnerReport.optional(),
  /** Runs that show as running but cannot go on, and why: they can be cancelled. */
  brokenRuns: z.array(z.object({ runId: z.string(), reason: z.string() })).optional(),
});
export type ServerReport = z.infer<typeof ServerReport>;

/** `GET /healthz` */
export const Health = z.object({ status: z.literal("ok"), version: z.string() });
