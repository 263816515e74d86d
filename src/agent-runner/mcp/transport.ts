import {
  type JSONRPCMessage,
  ReadBuffer,
  serializeMessage,
  type Transport,
} from "@modelcontextprotocol/client";

import { messageOf } from "../../base/errors.ts";
import type { Child } from "../process/child.ts";

/** What one message of a server may weigh. */
const MESSAGE_BYTES_MAX = 10_000_000;
/** How long a server may take to leave by itself once its input has ended. */
const LEAVE_MS = 500;
/** How long what a dead child has written may take to arrive. */
const DRAIN_MS = 100;

/** Speaks to a server over its standard input and output. The library's own transport starts no process group. */
export function createStdioTransport(child: Child): Transport {
  const buffer = new ReadBuffer({ maxBufferSize: MESSAGE_BYTES_MAX });
  const transport: Transport = {
    async start() {
      void readMessages(child, buffer, transport);
    },
    async send(message: JSONRPCMessage) {
      void child.stdin.write(serializeMessage(message));
      await child.stdin.flush();
    },
    async close() {
      void child.stdin.end();
      const left = await Promise.race([child.ended, Bun.sleep(LEAVE_MS)]);
      if (left === undefined) child.kill();
      await child.ended;
    },
  };
  return transport;
}

/** The end of the child counts, not the end of its output: a process that left its group may hold that open. */
async function readMessages(child: Child, buffer: ReadBuffer, transport: Transport): Promise<void> {
  const reading = readOutput(child, buffer, transport);
  await Promise.race([reading, child.ended]);
  child.kill();
  await child.ended;
  await Promise.race([reading, Bun.sleep(DRAIN_MS)]);
  transport.onclose?.();
}

async function readOutput(child: Child, buffer: ReadBuffer, transport: Transport): Promise<void> {
  try {
    for await (const chunk of child.stdout) {
      buffer.append(Buffer.from(chunk));
      takeMessages(buffer, transport);
    }
  } catch (error) {
    transport.onerror?.(new Error(messageOf(error)));
  }
}

/** A line that is no message is reported and skipped: servers do print to standard output. */
function takeMessages(buffer: ReadBuffer, transport: Transport): void {
  for (;;) {
    try {
      const message = buffer.readMessage();
      if (message === null) return;
      transport.onmessage?.(message);
    } catch (error) {
      transport.onerror?.(error instanceof Error ? error : new Error(messageOf(error)));
    }
  }
}
