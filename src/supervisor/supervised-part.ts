import { explainDisk } from "../base/disk-error.ts";
import { messageOf, StigmerError } from "../base/errors.ts";
import type { PartState, PartStatus } from "../base/part-status.ts";
import type { Complaint } from "./complaint.ts";
import type { PartEnd, PartProcess } from "./part-process.ts";
import { createRestartBudget } from "./restart-budget.ts";
import type { PartSpec, SupervisorOptions } from "./supervise.ts";

/** A part that was never ready by then hangs. */
const START_MAX_MS = 60_000;
const POLL_STARTING_MS = 20;
const POLL_READY_MS = 2_000;
/** One lost answer is a busy moment, this many in a row are a dead part. */
const SILENCES_MAX = 3;
/** How long the system may take to hand over a process that was killed. */
const REAP_MAX_MS = 5_000;

/** One part: its present process, and the loop that replaces it. */
export class SupervisedPart {
  readonly #spec: PartSpec;
  readonly #options: Required<SupervisorOptions>;
  readonly #budget = createRestartBudget();
  readonly #stop = new AbortController();
  readonly #firstReady = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #process: PartProcess | undefined;
  #state: PartState = "stopped";
  #startedAt: string | undefined;
  #readySinceMs: number | undefined;
  #wasReady = false;
  #restarts = 0;
  #lastError: string | undefined;

  constructor(spec: PartSpec, options: Required<SupervisorOptions>) {
    this.#spec = spec;
    this.#options = options;
    // Whoever waits hears of it; where nobody waits it must not end the server.
    this.#firstReady.promise.catch(() => {});
  }

  /** Resolves when the part is ready for the first time, rejects when it is given up before. */
  start(): Promise<void> {
    this.#running ??= this.#run();
    return this.#firstReady.promise;
  }

  async stop(): Promise<void> {
    const { world, graceMs } = this.#options;
    this.#stop.abort();
    this.#process?.kill("SIGTERM");
    const overtime = new AbortController();
    await Promise.race([this.#running, world.sleep(graceMs, overtime.signal)]);
    overtime.abort();
    this.#process?.kill("SIGKILL");
    await this.#running;
    this.#firstReady.reject(this.#failure({ message: "was stopped before it was ready" }));
  }

  status(): PartStatus {
    return {
      name: this.#spec.name,
      state: this.#state,
      restarts: this.#restarts,
      ...(this.#process && { pid: this.#process.pid }),
      ...(this.#process && this.#startedAt && { startedAt: this.#startedAt }),
      ...(this.#lastError && { lastError: this.#lastError }),
    };
  }

  async #run(): Promise<void> {
    const { log, world } = this.#options;
    const { name } = this.#spec;
    while (!this.#stop.signal.aborted) {
      const { end, readyForMs } = await this.#runOnce();
      if (this.#stop.signal.aborted) break;
      this.#lastError = end.message;
      if (end.isFinal && !this.#wasReady) return this.#giveUp(end, "so it stays down");
      const waitMs = this.#budget.afterFailure(world.nowMs(), readyForMs);
      if (waitMs === undefined) return this.#giveUp(end, "too often, it stays down");
      this.#state = "backing-off";
      log.warn(`${name} ${end.message}; it starts again`, {
        part: name,
        waitMs: Math.round(waitMs),
      });
      await world.sleep(waitMs, this.#stop.signal);
      this.#restarts += 1;
    }
    this.#state = "stopped";
  }

  #giveUp(end: PartEnd, why: string): void {
    this.#state = "failed";
    this.#options.log.error(`${this.#spec.name} ${end.message}; ${why}`, { hint: end.hint });
    this.#firstReady.reject(this.#failure(end));
  }

  /** From the start of one process to its end. */
  async #runOnce(): Promise<{ end: PartEnd; readyForMs: number }> {
    const { world } = this.#options;
    this.#state = "starting";
    this.#readySinceMs = undefined;
    try {
      this.#process = await this.#startProcess();
    } catch (error) {
      return { end: notStarted(error), readyForMs: 0 };
    }
    const end = await this.#watch(this.#process);
    this.#process = undefined;
    const readyForMs = this.#readySinceMs === undefined ? 0 : world.nowMs() - this.#readySinceMs;
    return { end, readyForMs };
  }

  async #startProcess(): Promise<PartProcess> {
    const { world, onLine, folder } = this.#options;
    const { name, environment, socket } = this.#spec;
    const command = await this.#spec.command();
    // What a killed predecessor left behind; its lock is ours, so nobody listens there.
    await world.removeSocket(socket);
    // Nothing may wait from here on: a stop that came before would not know of the process.
    this.#stop.signal.throwIfAborted();
    const started = world.start({
      command,
      environment,
      folder,
      onLine: (line) => onLine(name, line),
    });
    this.#startedAt = new Date().toISOString();
    return started;
  }

  /** Why the process is no longer of use. It is gone when this returns, unless it is a zombie. */
  async #watch(process: PartProcess): Promise<PartEnd> {
    const over = new AbortController();
    const ended = process.ended.then((end) => {
      over.abort();
      return end;
    });
    const trouble = await this.#untilTrouble(process, over.signal);
    if (trouble === undefined) return ended;
    process.kill("SIGKILL");
    const reaped = new AbortController();
    await Promise.race([ended, this.#options.world.sleep(REAP_MAX_MS, reaped.signal)]);
    reaped.abort();
    return { message: trouble, isFinal: false };
  }

  /** Asks again and again, until the part is dead or deaf; undefined when it ended by itself. */
  async #untilTrouble(process: PartProcess, over: AbortSignal): Promise<string | undefined> {
    const { world } = this.#options;
    const startMs = world.nowMs();
    let silences = 0;
    while (!over.aborted) {
      if (!process.isAlive()) {
        await world.sleep(REAP_MAX_MS, over);
        if (over.aborted) break;
        return "is dead, but the system keeps it (a zombie)";
      }
      const silence = await this.#ask();
      if (over.aborted) break;
      silences = silence === undefined ? 0 : silences + 1;
      if (this.#readySinceMs !== undefined && silences >= SILENCES_MAX)
        return `is deaf: ${silence}`;
      const isLate = world.nowMs() - startMs > START_MAX_MS;
      if (this.#readySinceMs === undefined && isLate) return this.#lateReason(silence);
      await world.sleep(this.#readySinceMs === undefined ? POLL_STARTING_MS : POLL_READY_MS, over);
    }
    return undefined;
  }

  /** Moves between ready and starting; returns why the part does not even answer that it lives, if so. */
  async #ask(): Promise<string | undefined> {
    const { world } = this.#options;
    const { socket } = this.#spec;
    const notReady = await world.probe(socket, "/readyz");
    if (notReady === undefined) {
      this.#becomeReady();
      return undefined;
    }
    if (this.#state === "ready") this.#state = "starting";
    return world.probe(socket, "/healthz");
  }

  #becomeReady(): void {
    if (this.#state === "ready") return;
    this.#state = "ready";
    this.#readySinceMs ??= this.#options.world.nowMs();
    this.#wasReady = true;
    this.#options.log.info(`${this.#spec.name} is ready`, { pid: this.#process?.pid });
    this.#firstReady.resolve();
  }

  #lateReason(silence: string | undefined): string {
    return `was not ready within ${START_MAX_MS / 1_000} s${silence ? `: ${silence}` : ""}`;
  }

  #failure({ message, hint }: Complaint): StigmerError {
    const { name } = this.#spec;
    return new StigmerError("failed", `${name} ${message}`, {
      hint: hint ?? `read its log: stigmer server logs -c ${name}`,
    });
  }
}

function notStarted(error: unknown): PartEnd {
  const known = error instanceof StigmerError ? error : explainDisk(error);
  const message = `could not be started: ${messageOf(known ?? error)}`;
  return { message, hint: known?.hint, isFinal: known !== undefined };
}
