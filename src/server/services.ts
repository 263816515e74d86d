import type { Log } from "../base/log.ts";
import type { Readiness, ServerReport } from "../schema/api/server.ts";
import type { Store } from "../store/open-store.ts";
import type { Handover } from "./handover.ts";
import type { RunFeed } from "./run-feed.ts";
import type { RunnerPort } from "./runner-port.ts";

/** What the routes work with; chosen in `main.ts`, small fakes in tests. */
export interface Services {
  readonly store: Store;
  readonly runner: Pick<RunnerPort, "pause" | "resume" | "signal">;
  readonly feed: RunFeed;
  readonly handover: Pick<Handover, "wake">;
  /** Why a run can't go on, if so. */
  readonly problemOf: (runId: string) => string | undefined;
  readonly readiness: () => Readiness;
  readonly report: () => ServerReport;
  readonly log: Log;
  readonly now: () => Date;
  /** How long a stream of events may be silent before it says that it is still there. */
  readonly heartbeatMs: number;
}
