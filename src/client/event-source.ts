import { readChunkedLines } from "../base/chunked-lines.ts";

/** Three heartbeats of the server without a word: the connection is dead, even if nobody has said so. */
const SILENCE_MAX_MS = 45_000;

/** The `data` of each server-sent event of a stream. Throws when the stream breaks or falls silent. */
export async function* readEventData(
  stream: ReadableStream<Uint8Array>,
  silenceMaxMs: number = SILENCE_MAX_MS,
): AsyncGenerator<string> {
  let data: string[] = [];
  for await (const line of linesOf(stream, silenceMaxMs)) {
    if (line.startsWith("data:")) data.push(line.slice("data:".length).replace(/^ /, ""));
    // An empty line ends an event; one without data is no event.
    if (line !== "" || data.length === 0) continue;
    yield data.join("\n");
    data = [];
  }
}

async function* linesOf(
  stream: ReadableStream<Uint8Array>,
  silenceMaxMs: number,
): AsyncGenerator<string> {
  for await (const lines of readChunkedLines(stream, silenceMaxMs)) {
    for (const line of lines) yield line.replace(/\r$/, "");
  }
}
