import type { Database } from "bun:sqlite";

import { z } from "zod";

import { messageOf } from "../../base/errors.ts";
import { parseJson } from "../../base/json.ts";
import { JournalEventBody } from "../journal-event.ts";
import type { JournalEvent, Parent } from "../journal-event.ts";
import type { BlobStore } from "./blob-store.ts";
import { Count, EventValues, JournalValues, prepareStatements, RunValues } from "./journal-sql.ts";

/** Bodies beyond this size live in the blob store. */
const INLINE_BYTES_MAX = 64 * 1024;
/** How much one read of the tail takes at most; a single bigger event is still read. */
const READ_EVENTS_MAX = 500;
const READ_CHARACTERS_MAX = 4 * 1024 * 1024;

export interface RunRow {
  readonly key: number;
  readonly runId: string;
  /** SHA-256 of what the run was asked for: the same id with another one is a conflict. */
  readonly requestHash: string;
  readonly parent: Parent | undefined;
  readonly isOpen: boolean;
}

/** An event on its way into the journal, its body already JSON text. */
export interface NewEvent {
  readonly position: number;
  readonly runKey: number;
  readonly sequence: number;
  readonly timeMs: number;
  readonly text: string;
}

/** What one transaction writes. */
export interface Write {
  readonly runs: readonly RunRow[];
  readonly events: readonly NewEvent[];
  readonly endedKeys: readonly number[];
}

/** A stretch of the journal: everything up to `position` has been read. */
export interface Stretch {
  readonly events: readonly JournalEvent[];
  readonly damaged: readonly DamagedEvent[];
  readonly position: number;
}

/** A row that cannot be read: its place, and why. */
export class DamagedEvent extends Error {
  override readonly name = "DamagedEvent";

  constructor(runId: string, sequence: number, reason: unknown) {
    super(`event ${sequence} of run "${runId}" is damaged: ${describe(reason)}`, {
      cause: reason,
    });
  }
}

function describe(reason: unknown): string {
  return reason instanceof z.ZodError ? z.prettifyError(reason) : messageOf(reason);
}

/** The tables of the journal, and nothing of what they mean. */
export class Journal {
  readonly #database: Database;
  readonly #blobs: BlobStore | undefined;
  readonly #sql: ReturnType<typeof prepareStatements>;

  constructor(database: Database, blobs: BlobStore | undefined) {
    this.#database = database;
    this.#blobs = blobs;
    this.#sql = prepareStatements(database);
  }

  /** All or nothing, and on the disk when it returns. */
  write(write: Write): void {
    // Files first: a row must never name a blob that could be missing.
    const blobs = write.events.map((event) => this.#putAside(event.text));
    this.#sql.begin.run();
    try {
      for (const run of write.runs) this.#insertRun(run);
      let index = 0;
      for (const event of write.events) this.#insertEvent(event, blobs[index++] ?? null);
      for (const key of write.endedKeys) this.#sql.endRun.run(key);
      this.#sql.commit.run();
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** Made with the journal and never changed: a journal in its place has another one. */
  id(): string {
    return JournalValues.parse(this.#sql.journalId.get()).id;
  }

  lastPosition(): number {
    return Count.parse(this.#sql.lastPosition.get()).count;
  }

  lastRunKey(): number {
    return Count.parse(this.#sql.lastRunKey.get()).count;
  }

  lastSequenceOf(run: RunRow): number {
    return Count.parse(this.#sql.lastSequence.get(run.key)).count;
  }

  lastTimeOf(run: RunRow): number {
    return Count.parse(this.#sql.lastTime.get(run.key)).count;
  }

  findRun(runId: string): RunRow | undefined {
    const values = this.#sql.findRun.get(runId);
    return values ? toRunRow(values) : undefined;
  }

  openRuns(): RunRow[] {
    return this.#sql.openRuns.all().map(toRunRow);
  }

  /** The events of one run in order. Throws a `DamagedEvent` at the first that cannot be read or is missing. */
  *eventsOf(run: RunRow): Generator<JournalEvent> {
    let sequence = 0;
    for (const values of this.#sql.eventsOf.iterate(run.key)) {
      sequence += 1;
      const { event } = this.#toEvent(values);
      if (event instanceof DamagedEvent) throw event;
      if (event.sequence !== sequence) throw new DamagedEvent(run.runId, sequence, "it is missing");
      yield event;
    }
    if (sequence === 0) throw new DamagedEvent(run.runId, 1, "it is missing");
  }

  lastEventOf(run: RunRow): JournalEvent {
    const { event } = this.#toEvent(this.#sql.lastEventOf.get(run.key));
    if (event instanceof DamagedEvent) throw event;
    return event;
  }

  /** What comes after that position in the whole journal; no events at its end. */
  readAfter(after: number, countMax = READ_EVENTS_MAX): Stretch {
    const events: JournalEvent[] = [];
    const damaged: DamagedEvent[] = [];
    let characters = 0;
    let position = after;
    for (const values of this.#sql.eventsAfter.iterate(after, countMax)) {
      const read = this.#toEvent(values);
      if (read.event instanceof DamagedEvent) damaged.push(read.event);
      else events.push(read.event);
      position = read.position;
      characters += read.characters;
      if (characters > READ_CHARACTERS_MAX) break;
    }
    return { events, damaged, position };
  }

  close(): void {
    this.#database.close();
  }

  #insertRun(run: RunRow): void {
    const { runId = null, commandId = null } = run.parent ?? {};
    this.#sql.insertRun.run(run.key, run.runId, run.requestHash, runId, commandId);
  }

  #insertEvent(event: NewEvent, blob: string | null): void {
    const { position, runKey, sequence, timeMs, text } = event;
    const body = blob === null ? text : null;
    this.#sql.insertEvent.run(position, runKey, sequence, timeMs, body, blob);
  }

  /** The name of the blob that holds the text, or null when the row itself shall. */
  #putAside(text: string): string | null {
    // No character takes more than three bytes, so that short texts need not be measured.
    if (!this.#blobs || text.length <= INLINE_BYTES_MAX / 3) return null;
    return Buffer.byteLength(text) > INLINE_BYTES_MAX ? this.#blobs.put(text) : null;
  }

  #toEvent(values: unknown) {
    const {
      id: runId,
      position,
      sequence,
      time_ms: timeMs,
      ...content
    } = EventValues.parse(values);
    let characters = 0;
    const read = (): JournalEvent | DamagedEvent => {
      try {
        const text = this.#textOf(content);
        characters = text.length;
        const body = JournalEventBody.parse(parseJson(text));
        return { position, runId, sequence, timeMs, body };
      } catch (error) {
        return new DamagedEvent(runId, sequence, error);
      }
    };
    return { event: read(), position, characters };
  }

  #textOf({ body, blob }: Pick<EventValues, "body" | "blob">): string {
    if (body !== null) return body;
    if (blob === null) throw new Error("it has no content");
    if (!this.#blobs) throw new Error("its content is in a file, and no folder of files was given");
    return this.#blobs.get(blob);
  }

  /** SQLite may have rolled back by itself, as it does when the disk is full. */
  #rollBack(): void {
    if (this.#database.inTransaction) this.#database.run("ROLLBACK");
  }
}

function toRunRow(values: unknown): RunRow {
  const row = RunValues.parse(values);
  const { parent_run_id: runId, parent_command_id: commandId } = row;
  const parent = runId !== null && commandId !== null ? { runId, commandId } : undefined;
  const isOpen = row.is_open === 1;
  return { key: row.key, runId: row.id, requestHash: row.request_hash, parent, isOpen };
}
