import { StigmerError } from "../../src/base/errors.ts";
import { markOf } from "../../src/durable/event-mark.ts";
import type { JournalEvent, JournalEventBody } from "../../src/durable/journal-event.ts";
import type { JournalLine, RunRequestBody } from "../../src/schema/wire/workflow-runner.ts";
import type { RunnerPort } from "../../src/server/runner-port.ts";

/** A workflow-runner in memory: it keeps its journal over what the server believes to be restarts. */
export class FakeRunner implements RunnerPort {
  readonly journalEvents: JournalEvent[] = [];
  journalId = "journal-1";
  broken: { runId: string; reason: string }[] = [];
  readonly started: RunRequestBody[] = [];
  readonly calls: string[] = [];
  isUp = true;
  /** Runs that are refused for good. */
  refuse: (run: RunRequestBody) => StigmerError | undefined = () => undefined;
  #timeMs = 1_767_225_600_000;
  #listeners = new Set<(line: JournalLine) => void>();
  #connections = new Set<AbortController>();

  async start(run: RunRequestBody): Promise<void> {
    this.#requireUp();
    const refusal = this.refuse(run);
    if (refusal) throw refusal;
    this.calls.push(`start ${run.runId}`);
    if (this.started.some(({ runId }) => runId === run.runId)) return;
    this.started.push(run);
    const { program, subject, definition, input, runId } = run;
    this.write(runId, {
      type: "run.started",
      program,
      subject,
      definition,
      definitionHash: "h",
      input,
    });
  }

  async cancel(runId: string, reason: string | undefined): Promise<void> {
    this.#requireRun(runId);
    this.calls.push(`cancel ${runId}`);
    this.write(runId, { type: "run.cancelled", ...(reason === undefined ? {} : { reason }) });
  }

  async pause(runId: string): Promise<void> {
    this.#requireRun(runId);
    this.write(runId, { type: "run.paused" });
  }

  async resume(runId: string): Promise<void> {
    this.#requireRun(runId);
    this.write(runId, { type: "run.resumed" });
  }

  async signal(runId: string, signal: { id: string; name: string; data: null }) {
    this.#requireRun(runId);
    const isKnown = this.journalEvents.some(
      ({ body }) => body.type === "signal.received" && body.signalId === signal.id,
    );
    if (isKnown) return "duplicate" as const;
    const { id: signalId, name, data } = signal;
    this.write(runId, { type: "signal.received", signalId, name, data });
    return "accepted" as const;
  }

  async journal(after: number, signal: AbortSignal) {
    this.#requireUp();
    const connection = new AbortController();
    this.#connections.add(connection);
    return this.#lines(after, AbortSignal.any([signal, connection.signal]));
  }

  async *#lines(after: number, signal: AbortSignal): AsyncGenerator<readonly JournalLine[]> {
    const queue: JournalLine[] = [];
    let wake = Promise.withResolvers<void>();
    const listen = (line: JournalLine) => {
      queue.push(line);
      wake.resolve();
    };
    this.#listeners.add(listen);
    signal.addEventListener("abort", () => wake.resolve());
    const at = this.journalEvents[after - 1];
    queue.push({
      type: "journal",
      id: this.journalId,
      lastPosition: this.journalEvents.length,
      ...(at && { mark: markOf(at) }),
      broken: [...this.broken],
    });
    const events = this.journalEvents.filter(({ position }) => position > after);
    if (events.length > 0) queue.push({ type: "events", events });
    while (!signal.aborted) {
      if (queue.length > 0) yield queue.splice(0);
      await wake.promise;
      wake = Promise.withResolvers<void>();
    }
    this.#listeners.delete(listen);
    throw new StigmerError("unavailable", "the connection was cut");
  }

  write(runId: string, body: JournalEventBody): void {
    const position = this.journalEvents.length + 1;
    const sequence = this.journalEvents.filter((event) => event.runId === runId).length + 1;
    const event = { position, runId, sequence, timeMs: (this.#timeMs += 1), body };
    this.journalEvents.push(event);
    for (const listen of this.#listeners) listen({ type: "events", events: [event] });
  }

  beat(): void {
    for (const listen of this.#listeners) listen({ type: "heartbeat", broken: [...this.broken] });
  }

  note(runId: string, noteType: string, data: null | string = null): void {
    this.write(runId, { type: "note", noteType, subject: "/do/0/x", data });
  }

  show(runId: string, text: string): void {
    const line: JournalLine = {
      type: "progress",
      runId,
      commandId: "/step/1/model",
      data: { type: "text", text },
    };
    for (const listen of this.#listeners) listen(line);
  }

  /** As kill -9 does it: every connection is cut, and nobody answers. */
  goDown(): void {
    this.isUp = false;
    for (const connection of this.#connections) connection.abort();
    this.#connections.clear();
  }

  #requireUp(): void {
    if (!this.isUp) throw new StigmerError("unavailable", "the workflow-runner can't be reached");
  }

  #requireRun(runId: string): void {
    this.#requireUp();
    if (this.started.some((run) => run.runId === runId)) return;
    throw new StigmerError("not_found", `there is no run "${runId}"`);
  }
}
