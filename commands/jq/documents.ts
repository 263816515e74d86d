import { type JsonValue, parseJson } from "../../src/base/json.ts";
import { JsonReader } from "../../src/jq/values/json-reader.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** A document's text, and the line at which it begins. */
export interface Document {
  readonly text: string;
  readonly line: number;
}

/**
 * Finds where JSON documents that follow each other end, so that each can go to the runtime's own parser. It looks at
 * brackets and strings only; whatever else is wrong, the parser finds.
 */
export class DocumentSplitter {
  private text = "";
  private scanned = 0;
  private depth = 0;
  private isInString = false;
  private line = 1;

  /** The documents that are complete with this piece of text. */
  *push(piece: string): Generator<Document> {
    this.text += piece;
    let start = 0;
    for (; this.scanned < this.text.length; this.scanned += 1) {
      const unit = this.text.charCodeAt(this.scanned);
      if (this.isInString) {
        if (unit === BACKSLASH) this.scanned += 1;
        else if (unit === QUOTE) this.isInString = false;
      } else if (unit === QUOTE) {
        this.isInString = true;
      } else if (this.closes(unit)) {
        const end = this.scanned + 1;
        yield this.take(start, end);
        start = end;
      }
    }
    this.text = this.text.slice(start);
    this.scanned -= start;
  }

  /** What is left when no more text comes. */
  rest(): Document {
    return this.take(0, this.text.length);
  }

  private take(start: number, end: number): Document {
    const document = { text: this.text.slice(start, end), line: this.line };
    for (let at = document.text.indexOf("\n"); at >= 0; at = document.text.indexOf("\n", at + 1)) {
      this.line += 1;
    }
    return document;
  }

  /** Counts brackets; true where a document ends, or a line between documents. */
  private closes(unit: number): boolean {
    if (unit === 0x7b || unit === 0x5b) this.depth += 1;
    else if (unit === 0x7d || unit === 0x5d) {
      this.depth -= 1;
      return this.depth <= 0;
    }
    return unit === 0x0a && this.depth === 0;
  }
}

/** The JSON values of a piece of text that holds whole documents. */
export function* readDocuments(text: string): Generator<JsonValue> {
  if (text.trim() === "") return;
  const whole = tryNatively(text);
  if (whole !== undefined) {
    yield whole;
    return;
  }
  const splitter = new DocumentSplitter();
  for (const document of splitter.push(text)) yield* readDocument(document);
  yield* readDocument(splitter.rest());
}

/** One document, or a few values on one line. */
export function* readDocument({ text, line }: Document): Generator<JsonValue> {
  if (text.trim() === "") return;
  const value = tryNatively(text);
  if (value !== undefined) {
    yield value;
    return;
  }
  const reader = new JsonReader(line);
  yield* reader.read(text);
  yield* reader.end();
}

function tryNatively(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}
