import { connectionTrouble } from "./connection-trouble.ts";
import { LineSplitter } from "./lines.ts";

/** The other side is gone, or as good as gone, though it did not end what it had to say. */
export class StreamLost extends Error {}

/**
 * The lines of a stream, together as they arrived: who falls behind gets many at once and can handle them at once. Throws
 * `StreamLost` also when nothing came for longer than `silenceMaxMs`.
 */
export async function* readChunkedLines(
  stream: ReadableStream<Uint8Array>,
  silenceMaxMs: number,
): AsyncGenerator<readonly string[]> {
  const splitter = new LineSplitter();
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), silenceMaxMs);
      if (done) return;
      const lines = splitter.push(value);
      if (lines.length > 0) yield lines;
    }
  } finally {
    // Closes the connection, whether the stream ended, broke or is not wanted any more.
    await reader.cancel().catch(() => {});
  }
}

async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`nothing came for ${limitMs / 1_000} s`)),
    limitMs,
  );
  try {
    return await Promise.race([work, promise]);
  } catch (cause) {
    // Whoever does not want to read on has lost nothing.
    if (cause instanceof Error && cause.name === "AbortError") throw cause;
    throw new StreamLost(connectionTrouble(cause), { cause });
  } finally {
    clearTimeout(timer);
  }
}
