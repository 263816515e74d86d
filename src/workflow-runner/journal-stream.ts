import type { SqliteBackend } from "../durable/sqlite/backend.ts";
import type { JournalLine } from "../schema/wire/workflow-runner.ts";
import type { ProgressFeed } from "./progress-feed.ts";

/** How much may wait for a slow reader; beyond it events are read later, and progress is not sent at all. */
const WAITING_BYTES_MAX = 1024 * 1024;
const HEARTBEAT_MS = 15_000;

/** The journal after that position and then each new event, with what activities show meanwhile: NDJSON without end. */
export function streamJournal(
  backend: Pick<SqliteBackend, "events" | "health" | "journalId" | "markAt">,
  feed: ProgressFeed,
  afterPosition: number,
  heartbeatMs = HEARTBEAT_MS,
): ReadableStream<Uint8Array> {
  const closed = new AbortController();
  const room = createRoom();
  const stop: (() => void)[] = [() => closed.abort(), () => room.make()];
  const close = (): void => {
    for (const action of stop.splice(0)) action();
  };
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        const send = (line: JournalLine): void => controller.enqueue(encode(line));
        const sendIfRoom = (line: JournalLine): void => {
          if (hasRoom(controller)) send(line);
        };
        // An answer begins with its first byte: without one a silent journal would look like no connection.
        send(headOf(backend, afterPosition));
        const beat = () => sendIfRoom({ type: "heartbeat", broken: [...backend.health().broken] });
        const timer = setInterval(beat, heartbeatMs);
        stop.push(feed.watch(sendIfRoom), () => clearInterval(timer));
        const pump = async (): Promise<void> => {
          for await (const events of backend.events(afterPosition, closed.signal)) {
            if (!hasRoom(controller) && !closed.signal.aborted) await room.wait();
            if (closed.signal.aborted) return;
            send({ type: "events", events: [...events] });
          }
          close();
          controller.close();
        };
        void pump().catch((error: unknown) => {
          close();
          controller.error(error);
        });
      },
      pull: () => room.make(),
      cancel: close,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: WAITING_BYTES_MAX }),
  );
}

function headOf(
  backend: Pick<SqliteBackend, "health" | "journalId" | "markAt">,
  afterPosition: number,
): JournalLine {
  const { lastPosition, broken } = backend.health();
  const mark = backend.markAt(afterPosition);
  return {
    type: "journal",
    id: backend.journalId,
    lastPosition,
    ...(mark !== undefined && { mark }),
    broken: [...broken],
  };
}

function hasRoom(controller: ReadableStreamDefaultController<Uint8Array>): boolean {
  return (controller.desiredSize ?? 0) > 0;
}

/** Lets the journal's reader sleep until the other side has read on. */
function createRoom() {
  let waiting: PromiseWithResolvers<void> | undefined;
  return {
    make: () => waiting?.resolve(),
    wait: () => {
      waiting = Promise.withResolvers<void>();
      return waiting.promise;
    },
  };
}

function encode(line: JournalLine): Uint8Array {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}
