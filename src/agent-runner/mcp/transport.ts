import { setImmediate } from "node:timers/promises";

import {
  type JSONRPCMessage,
  ReadBuffer,
  serializeMessage,
  type Transport,
} from "@modelcontextprotocol/client";

import { messageOf } from "../../base/errors.ts";
import type { Limits } from "../limits.ts";
import type { Child } from "../process/child.ts";

/** How long a server may take to leave by itself once its input has ended. */
const LEAVE_MS = 500;
/** How long what a dead child has written may take to arrive. */
const DRAIN_MS = 100;

export type TransportLimits = Pick<
  Limits,
  "mcpMessageBytesMax" | "mcpFloodBytesMax" | "mcpFloodMessagesMax"
>;

export interface StdioTransport extends Transport {
  /** Why the server was killed, if it sent what none may. */
  fault(): string | undefined;
}

/** Speaks to a server over its standard input and output. The library's own transport starts no process group. */
export function createStdioTransport(child: Child, limits: TransportLimits): StdioTransport {
  const intake = new Intake(limits);
  const transport: StdioTransport = {
    async start() {
      void readMessages(child, intake, transport);
    },
    async send(message: JSONRPCMessage) {
      // What a server is answered may be more than it reads: only a request of ours gives it leave to say more.
      if ("method" in message && "id" in message) intake.allowMore();
      void child.stdin.write(serializeMessage(message));
      await child.stdin.flush();
    },
    async close() {
      void child.stdin.end();
      const left = await Promise.race([child.ended, Bun.sleep(LEAVE_MS)]);
      if (left === undefined) child.kill();
      await child.ended;
    },
    fault: () => intake.fault,
  };
  return transport;
}

/** The end of the child counts, not the end of its output: a process that left its group may hold that open. */
async function readMessages(child: Child, intake: Intake, transport: Transport): Promise<void> {
  const reading = readOutput(child, intake, transport);
  await Promise.race([reading, child.ended]);
  child.kill();
  await child.ended;
  await Promise.race([reading, Bun.sleep(DRAIN_MS)]);
  transport.onclose?.();
}

async function readOutput(child: Child, intake: Intake, transport: Transport): Promise<void> {
  try {
    for await (const chunk of child.stdout) {
      intake.take(Buffer.from(chunk), transport);
      // Before its output is closed: it shall not have the time to complain of that.
      if (intake.fault !== undefined) return child.kill();
      // A child that never stops writing must not keep timers and other runs from their turn.
      await setImmediate();
    }
  } catch (error) {
    transport.onerror?.(new Error(messageOf(error)));
  }
}

/** Makes messages of what a server writes, until it writes too much. */
class Intake {
  fault: string | undefined;
  readonly #limits: TransportLimits;
  readonly #buffer: ReadBuffer;
  #bytes = 0;
  #messages = 0;

  constructor(limits: TransportLimits) {
    this.#limits = limits;
    this.#buffer = new ReadBuffer({ maxBufferSize: limits.mcpMessageBytesMax });
  }

  allowMore(): void {
    this.#bytes = 0;
    this.#messages = 0;
  }

  take(chunk: Buffer, transport: Transport): void {
    const { mcpMessageBytesMax, mcpFloodBytesMax, mcpFloodMessagesMax } = this.#limits;
    this.#bytes += chunk.length;
    try {
      this.#buffer.append(chunk);
    } catch {
      this.fault = `it was stopped because it sent a message of more than ${mcpMessageBytesMax} bytes`;
      return;
    }
    this.#pass(transport);
    if (this.#bytes > mcpFloodBytesMax) {
      this.fault = `it was stopped because it sent more than ${mcpFloodBytesMax} bytes for one request`;
    } else if (this.#messages > mcpFloodMessagesMax) {
      this.fault = `it was stopped because it sent more than ${mcpFloodMessagesMax} messages for one request`;
    }
  }

  /** A line that is no message is reported and skipped: servers do print to standard output. */
  #pass(transport: Transport): void {
    for (;;) {
      try {
        const message = this.#buffer.readMessage();
        if (message === null) return;
        this.#messages += 1;
        transport.onmessage?.(message);
      } catch (error) {
        transport.onerror?.(error instanceof Error ? error : new Error(messageOf(error)));
      }
    }
  }
}
