/** A longer line is refused: whoever sends it does not speak our language. */
const CHARACTERS_MAX = 64 * 1024 * 1024;

export interface LineOptions {
  readonly charactersMax?: number;
  /** What becomes of a longer line. */
  readonly whenLonger?: "refuse" | "cut";
  /** A last line without an end was cut, and is left out unless told otherwise. */
  readonly keepRest?: boolean;
}

/** The lines of a stream as they come, without their ends. */
export async function* readLines(
  stream: ReadableStream<Uint8Array>,
  options: LineOptions = {},
): AsyncGenerator<string> {
  const splitter = new LineSplitter(options);
  for await (const chunk of stream) yield* splitter.push(chunk);
  const rest = splitter.rest();
  if (options.keepRest && rest !== "") yield rest;
}

/** Puts lines together from bytes that come in any pieces. */
export class LineSplitter {
  readonly #decoder = new TextDecoder();
  readonly #charactersMax: number;
  readonly #cuts: boolean;
  /** Of the line that has no end yet. Joined once: adding to a text again and again takes time that grows with it. */
  #pieces: string[] = [];
  #length = 0;

  constructor({ charactersMax = CHARACTERS_MAX, whenLonger = "refuse" }: LineOptions = {}) {
    this.#charactersMax = charactersMax;
    this.#cuts = whenLonger === "cut";
  }

  /** The lines that have come to their end with these bytes. */
  push(bytes: Uint8Array | undefined): string[] {
    const pieces = this.#decoder.decode(bytes, { stream: true }).split("\n");
    const last = pieces.pop() ?? "";
    const lines = pieces.map((piece) => {
      this.#add(piece);
      return this.#take();
    });
    this.#add(last);
    return lines;
  }

  /** What came after the last line end. */
  rest(): string {
    return this.#pieces.join("");
  }

  #add(piece: string): void {
    const room = this.#charactersMax - this.#length;
    if (piece.length > room && !this.#cuts) throw new Error("a line is too long");
    const kept = piece.length > room ? piece.slice(0, room) : piece;
    if (kept === "") return;
    this.#pieces.push(kept);
    this.#length += kept.length;
  }

  #take(): string {
    const line = this.rest();
    this.#pieces = [];
    this.#length = 0;
    return line;
  }
}
