import { readFileSync, readSync } from "node:fs";

import { messageOf, systemCodeOf } from "../../src/base/errors.ts";
import type { JsonValue } from "../../src/base/json.ts";
import { compile } from "../../src/jq/compile.ts";
import { DocumentSplitter, readDocument, readDocuments } from "./documents.ts";
import type { Options } from "./options.ts";

const STDIN = 0;
const CHUNK_BYTES = 1 << 16;
const RETRY_MS = 2;

/** What the inputs of a run tell beside their values. */
export interface InputReport {
  /** The file that is being read. */
  name: string | null;
  /** Files that could not be read, and text that is no JSON. */
  readonly problems: string[];
}

/** The values that the filter is run on, or that `input` gives it, one by one as they are read. */
export function* readInputs(
  options: Options,
  report: InputReport,
  beforeWait: () => void,
): Generator<JsonValue> {
  const texts = readTexts(options, report, beforeWait);
  if (!options.isSlurp) {
    yield* options.isRawInput ? toLines(texts) : toStream(toValues(texts, report), options);
    return;
  }
  if (options.isRawInput) yield [...texts].map(({ text }) => text).join("");
  else yield [...toStream(toValues(texts, report), options)];
}

/** A piece of text; `isWhole` when nothing of the file comes before or after it. */
interface Piece {
  readonly text: string;
  readonly isWhole: boolean;
  readonly isLast: boolean;
}

function* readTexts(
  options: Options,
  report: InputReport,
  beforeWait: () => void,
): Generator<Piece> {
  if (options.files.length === 0) {
    yield* readStdin(beforeWait);
    return;
  }
  for (const path of options.files) {
    report.name = path;
    try {
      yield { text: readFileSync(path, "utf8"), isWhole: true, isLast: true };
    } catch (error) {
      report.problems.push(`Could not open ${path}: ${messageOf(error)}`);
    }
  }
}

function* readStdin(beforeWait: () => void): Generator<Piece> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (;;) {
    beforeWait();
    const length = readWaiting(buffer);
    if (length === 0) break;
    const text = decoder.decode(buffer.subarray(0, length), { stream: true });
    yield { text, isWhole: false, isLast: false };
  }
  yield { text: decoder.decode(), isWhole: false, isLast: true };
}

/** Reads what there is; a pipe that somebody set to non-blocking is asked again until there is something. */
function readWaiting(buffer: Uint8Array): number {
  for (;;) {
    try {
      return readSync(STDIN, buffer, 0, buffer.length, null);
    } catch (error) {
      const code = systemCodeOf(error);
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      Bun.sleepSync(RETRY_MS);
    }
  }
}

function* toLines(pieces: Iterable<Piece>): Generator<JsonValue> {
  let rest = "";
  for (const { text } of pieces) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** Values of all texts; the first text that is no JSON ends them, as nobody knows where it would go on. */
function* toValues(pieces: Iterable<Piece>, report: InputReport): Generator<JsonValue> {
  let splitter = new DocumentSplitter();
  try {
    for (const { text, isWhole, isLast } of pieces) {
      if (isWhole) {
        yield* readDocuments(text);
        continue;
      }
      for (const document of splitter.push(text)) yield* readDocument(document);
      if (!isLast) continue;
      yield* readDocument(splitter.rest());
      splitter = new DocumentSplitter();
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "JsonTextError") throw error;
    report.problems.push(`(at ${report.name ?? "<stdin>"}): ${error.message}`);
  }
}

/** With `--stream`, a value comes as its paths and leaves. */
function* toStream(values: Iterable<JsonValue>, options: Options): Generator<JsonValue> {
  if (!options.isStream) {
    yield* values;
    return;
  }
  const program = compile("tostream");
  for (const value of values) yield* program.run(value);
}
