/** A longer line is refused: whoever sends it does not speak our language. */
const LINE_CHARACTERS_MAX = 64 * 1024 * 1024;

/** The lines of a stream as they come, without their ends. A last line without an end is left out: it was cut. */
export async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    const pieces = decoder.decode(chunk, { stream: true }).split("\n");
    pieces[0] = rest + (pieces[0] ?? "");
    rest = pieces.pop() ?? "";
    if (rest.length > LINE_CHARACTERS_MAX) throw new Error("a line is too long");
    yield* pieces;
  }
}
