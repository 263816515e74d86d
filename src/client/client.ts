import type { ApplyResult, ResourcePage, StoredResource } from "../schema/api/resource.ts";
import type { RunEvent } from "../schema/api/run-event.ts";
import type {
  Run,
  RunCreate,
  RunPage,
  RunQuery,
  SignalCreate,
  SignalResult,
} from "../schema/api/run.ts";
import type { ServerReport } from "../schema/api/server.ts";
import type { Kind, Resource } from "../schema/kinds.ts";

/** A server as a program sees it. Each call throws a `StigmerError` whose code is the Problem's. */
export interface Client {
  readonly url: string;
  apply(resource: Resource, options?: { dryRun?: boolean }): Promise<ApplyResult>;
  get(kind: Kind, name: string): Promise<StoredResource>;
  list(
    kind: Kind,
    query?: { limit?: number; cursor?: string; label?: string; allVersions?: boolean },
  ): Promise<ResourcePage>;
  /** Answers what was deleted. Of a workflow with several versions one has to be named, as in `name@1.0.0`, or all be meant. */
  delete(
    kind: Kind,
    name: string,
    options?: { dryRun?: boolean; allVersions?: boolean },
  ): Promise<readonly StoredResource[]>;
  createRun(body: RunCreate, options?: { idempotencyKey?: string }): Promise<Run>;
  getRun(id: string): Promise<Run>;
  listRuns(query?: RunQuery): Promise<RunPage>;
  cancelRun(id: string, reason?: string): Promise<Run>;
  pauseRun(id: string): Promise<Run>;
  resumeRun(id: string): Promise<Run>;
  signalRun(id: string, signal: SignalCreate): Promise<SignalResult>;
  /**
   * Events after that sequence number (0: all), then live, ending after the run's own end. Reconnects by itself with
   * the last number seen, so that a restart of the server neither loses nor repeats an event.
   */
  events(
    id: string,
    options?: {
      after?: number | undefined;
      follow?: boolean | undefined;
      signal?: AbortSignal | undefined;
      /** The connection was lost and will be tried again until it is back. */
      onDisconnect?: ((error: unknown) => void) | undefined;
      /** How long the server may be away before that is the error; without it, for ever. */
      awayMaxMs?: number | undefined;
    },
  ): AsyncIterable<RunEvent>;
  /** What the server says of itself and its parts. */
  server(): Promise<ServerReport>;
}
