const LINE_LENGTH_MAX = 256 * 1024;

/** The lines of a byte stream, without their ends. A longer line is cut, so that a child cannot fill the memory. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let pending = "";
  for await (const chunk of stream) {
    const lines = (pending + decoder.decode(chunk, { stream: true })).split("\n");
    pending = (lines.pop() ?? "").slice(0, LINE_LENGTH_MAX);
    for (const line of lines) if (line.trim() !== "") yield line.slice(0, LINE_LENGTH_MAX);
  }
  if (pending.trim() !== "") yield pending;
}
