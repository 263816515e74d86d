import { StigmerError } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import type { ActivityHandler, Backend } from "../backend.ts";
import { markOf } from "../event-mark.ts";
import type { Program } from "../program.ts";
import { Alarms } from "./alarms.ts";
import { openBlobStore } from "./blob-store.ts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { openDatabase } from "./database.ts";
import type { Engine, Progress } from "./engine.ts";
import { Journal } from "./journal.ts";
import { launch } from "./launch.ts";
import { recover } from "./recovery.ts";
import { describeRun, requestCancel, requestPause, requestRun, requestSignal } from "./requests.ts";
import { Slots } from "./slots.ts";
import { tailJournal } from "./tail.ts";
import { Writer } from "./writer.ts";
import type { Probe } from "./writer.ts";

/** Activities in flight at once, unless the options say otherwise. */
const ACTIVITIES_MAX = 1_000;
/** How long `stop` lets activities finish, and then how long it lets them notice that they were aborted. */
const DRAIN_MS = 2_000;
const ABORT_MS = 500;

export interface SqliteBackendOptions {
  /** The journal's file, or `:memory:` for a journal that lives as long as the process. */
  readonly path: string;
  /** Folder of values beyond 64 KiB; without it they stay in the journal's file. */
  readonly blobs?: string | undefined;
  readonly programs: Readonly<Record<string, Program>>;
  readonly activities: (name: string) => ActivityHandler | undefined;
  readonly onProgress?: (progress: Progress) => void;
  /** Told once the end of a run that was cancelled is on the disk; not told again after a crash. */
  readonly onCancelled?: (runId: string) => void;
  readonly log: Log;
  readonly clock?: Clock;
  readonly activitiesMax?: number;
  readonly drainMs?: number;
  readonly probe?: Probe;
}

/** How well the engine is. */
export interface SqliteHealth {
  /** Of the last event in the journal; 0 when it is empty. */
  readonly lastPosition: number;
  /** Why nothing can be written at the moment, if so. */
  readonly problem: string | undefined;
  /** Runs that could not be loaded, and why. */
  readonly broken: readonly { readonly runId: string; readonly reason: string }[];
}

export interface SqliteBackend extends Backend {
  /** Tells this journal from any other. */
  readonly journalId: string;
  health(): SqliteHealth;
  /** What tells the event at that position from any other; undefined when there is none that can be read. */
  markAt(position: number): string | undefined;
}

/** The embedded engine: one process, one file. Throws when the journal is another process's, damaged or too new. */
export function openSqliteBackend(options: SqliteBackendOptions): SqliteBackend {
  // First the database: its lock says that the folder of blobs is ours to clean.
  const database = openDatabase(options.path);
  const blobs = options.blobs === undefined ? undefined : openBlobStore(options.blobs);
  const journal = new Journal(database, blobs);
  const { log, clock = systemClock, probe = {} } = options;
  const writer = new Writer({ journal, clock, log, probe });
  const engine = createEngine(options, journal, clock, writer);
  const closed = new AbortController();
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await drain(engine, options.drainMs ?? DRAIN_MS);
    writer.finish();
    closed.abort();
    journal.close();
  };
  return {
    journalId: journal.id(),
    start: () => recover(engine),
    stop: () => (stopped ??= stop()),
    run: (request) => requestRun(engine, request),
    signal: (runId, signal) => requestSignal(engine, runId, signal),
    cancel: (runId, reason) => requestCancel(engine, runId, reason),
    pause: (runId) => requestPause(engine, runId, true),
    resume: (runId) => requestPause(engine, runId, false),
    describe: async (runId) => describeRun(engine, runId),
    events: (after, signal) =>
      tailJournal(engine, writer, after, AbortSignal.any([signal, closed.signal])),
    health: () => ({
      lastPosition: writer.lastPosition,
      problem: writer.problem,
      broken: [...engine.broken].map(([runId, { error }]) => ({ runId, reason: reasonOf(error) })),
    }),
    markAt: (position) => {
      const [event] = journal.readAfter(position - 1, 1).events;
      return event?.position === position ? markOf(event) : undefined;
    },
  };
}

function reasonOf(error: Error): string {
  const hint = error instanceof StigmerError ? error.hint : undefined;
  return hint === undefined ? error.message : `${error.message}; ${hint}`;
}

function createEngine(
  options: SqliteBackendOptions,
  journal: Journal,
  clock: Clock,
  writer: Writer,
): Engine {
  const engine: Engine = {
    journal,
    programs: options.programs,
    findActivity: options.activities,
    showProgress: options.onProgress ?? (() => undefined),
    tellCancelled: options.onCancelled ?? (() => undefined),
    clock,
    log: options.log,
    alarms: new Alarms(clock),
    slots: new Slots(options.activitiesMax ?? ACTIVITIES_MAX),
    runs: new Map(),
    broken: new Map(),
    unavailable: new Set(),
    isRunning: false,
    submit: (input) => writer.submit(input),
    launch: (run, command) => launch(engine, run, command),
  };
  return engine;
}

/** Lets what is in flight end by itself, then asks it to. */
async function drain(engine: Engine, drainMs: number): Promise<void> {
  engine.isRunning = false;
  engine.alarms.stop();
  await untilIdle(engine, drainMs);
  for (const run of engine.runs.values()) for (const work of run.work.values()) work.cancel();
  await untilIdle(engine, ABORT_MS);
}

async function untilIdle({ slots }: Engine, timeoutMs: number): Promise<void> {
  if (slots.count === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  slots.onIdle(resolve);
  await promise;
  clearTimeout(timer);
}
