/** The last characters of a stream that is read to its end. */
export interface Tail {
  text(): string;
  readonly done: Promise<void>;
}

export function keepTail(stream: ReadableStream<Uint8Array>, charactersMax: number): Tail {
  const decoder = new TextDecoder();
  let text = "";
  const read = async () => {
    for await (const chunk of stream) {
      text = (text + decoder.decode(chunk, { stream: true })).slice(-charactersMax);
    }
  };
  return { text: () => text, done: read().catch(() => {}) };
}
