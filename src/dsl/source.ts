import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseAllDocuments,
} from "yaml";

import { type InputIssue, StigmerError } from "../base/errors.ts";
import type { JsonValue } from "../base/json.ts";
import { parsePointer } from "./pointer.ts";

/** A place in a text; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One parsed document that still knows where each of its values was written. */
export interface SourceDocument {
  readonly value: JsonValue;
  readonly file: string | undefined;
  /**
   * Where the value at a JSON Pointer stands, or its key, or its nearest ancestor that was written. An offset leads
   * into a text, as far as its way of writing keeps its letters where they are.
   */
  readonly locate: (
    pointer: string,
    part?: "key" | "value",
    offset?: number,
  ) => Position | undefined;
}

/** Parsing takes about a second and a hundred megabytes per million characters. */
const CHARACTERS_MAX = 2_000_000;
/** More than this is an attack (aliases of aliases), not a document. */
const VALUES_MAX = 1_000_000;
const DEPTH_MAX = 200;
const TOO_DEEP = `values are nested deeper than ${DEPTH_MAX} levels`;

/**
 * Parses YAML 1.2 (JSON included) that may hold several documents; empty ones are left out. Duplicate keys, keys that
 * are not scalars and numbers that JSON lacks are refused, each with its place.
 */
export function parseYamlDocuments(text: string, file?: string): SourceDocument[] {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (text.length > CHARACTERS_MAX) {
    throw new StigmerError(
      "invalid_input",
      `${file ?? "the document"} has more than ${CHARACTERS_MAX} characters`,
    );
  }
  const parsed = parseAll(text, lines, file);
  const issues = parsed.flatMap(({ errors }) =>
    errors.map(({ message, pos }) => toIssue(message, at(pos[0]), file)),
  );
  if (issues.length > 0) throw syntaxError(file, issues);
  return parsed
    .filter(({ contents }) => !isEmpty(contents))
    .map((document) => ({
      value: toValue(document, at, file),
      file,
      locate: (pointer, part = "value", inside = 0) => {
        const offset = offsetOf(document, parsePointer(pointer), part);
        if (offset === undefined) return undefined;
        return at(inside === 0 ? offset : offsetInside(text, offset, inside));
      },
    }));
}

function parseAll(text: string, lineCounter: LineCounter, file: string | undefined): Document[] {
  try {
    const parsed = parseAllDocuments(text, {
      version: "1.2",
      schema: "core",
      prettyErrors: false,
      lineCounter,
    });
    return Array.isArray(parsed) ? [...parsed] : [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw syntaxError(file, [toIssue(TOO_DEEP, { line: 1, column: 1 }, file)]);
  }
}

function syntaxError(file: string | undefined, issues: readonly InputIssue[]): StigmerError {
  return new StigmerError("invalid_input", `${file ?? "the document"} is not valid YAML`, {
    issues,
    hint: "mend the places listed; indentation, quotes and duplicate keys are the usual causes",
  });
}

function toIssue(message: string, position: Position, file: string | undefined): InputIssue {
  const text = message.includes("call stack")
    ? TOO_DEEP
    : message.charAt(0).toLowerCase() + message.slice(1);
  return { message: text, pointer: "", ...(file === undefined ? {} : { file }), ...position };
}

type At = (offset: number) => Position;

function isEmpty(contents: unknown): boolean {
  return contents === null || (isScalar(contents) && contents.value === null && !hasText(contents));
}

/** Turns a node into JSON by itself rather than by `toJS`, so that what JSON lacks is refused with its place. */
function toValue(document: Document, at: At, file: string | undefined): JsonValue {
  const anchors = new Map<string, unknown>();
  let count = 0;
  const refuse: Refuse = (message, node) => {
    throw syntaxError(file, [toIssue(message, at(startOf(node) ?? 0), file)]);
  };
  const convert = (node: unknown, depth: number): JsonValue => {
    count += 1;
    if (count > VALUES_MAX) return refuse(`more than ${VALUES_MAX} values, aliases included`, node);
    if (depth > DEPTH_MAX) return refuse(TOO_DEEP, node);
    if (isAlias(node)) {
      if (!anchors.has(node.source)) return refuse(`unknown alias "*${node.source}"`, node);
      return convert(anchors.get(node.source), depth + 1);
    }
    if (isScalar(node) || isSeq(node) || isMap(node)) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    }
    if (isSeq(node)) return node.items.map((item) => convert(item, depth + 1));
    if (isMap(node)) {
      return Object.fromEntries(
        node.items.map((pair) => [keyOf(pair, refuse), convert(pair.value, depth + 1)]),
      );
    }
    return isScalar(node) ? toScalar(node.value, node, refuse) : null;
  };
  return convert(document.contents, 0);
}

type Refuse = (message: string, node: unknown) => never;

function keyOf(pair: Pair, refuse: Refuse): string {
  return nameOf(pair.key) ?? refuse("a key must be a plain name", pair.key);
}

/** The text of a key: numbers and booleans are taken as written names, a key left out is "". */
function nameOf(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  const { value } = key;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return key.source ?? String(value);
  return value === null ? (key.source ?? "") : undefined;
}

function toScalar(value: unknown, node: unknown, refuse: Refuse): JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  return refuse("a value that can't be written in JSON", node);
}

/** Where the text of a node begins; a node that was left empty has no text. */
function startOf(node: unknown): number | undefined {
  return isNode(node) && node.range ? node.range[0] : undefined;
}

/**
 * A scalar is found at its own text, a list or a map at its key: a reader looks for the word, not for the first of
 * its children.
 */
function offsetOf(
  document: Document,
  tokens: readonly string[],
  part: "key" | "value",
): number | undefined {
  let node: unknown = document.contents;
  let keyOffset = startOf(node);
  for (const token of tokens) {
    const child = childOf(isAlias(node) ? node.resolve(document) : node, token);
    if (child === undefined) return keyOffset;
    node = child.node;
    keyOffset = child.keyOffset ?? startOf(node) ?? keyOffset;
  }
  return part === "value" && hasText(node) ? startOf(node) : keyOffset;
}

function hasText(node: unknown): boolean {
  return isScalar(node) && Boolean(node.range) && node.range?.[0] !== node.range?.[1];
}

/** The place of a letter of a scalar that is written on one line, or as a literal block. */
function offsetInside(text: string, start: number, inside: number): number {
  const first = text[start];
  if (first === '"' || first === "'") return start + 1 + inside;
  if (first !== "|") return first === ">" ? start : start + inside;
  let lineStart = text.indexOf("\n", start) + 1;
  const indent = /^ */.exec(text.slice(lineStart))?.[0].length ?? 0;
  for (let left = inside; ;) {
    const lineEnd = text.indexOf("\n", lineStart);
    const length = (lineEnd === -1 ? text.length : lineEnd) - lineStart - indent;
    if (lineEnd === -1 || left <= length) return lineStart + indent + left;
    left -= Math.max(length, 0) + 1;
    lineStart = lineEnd + 1;
  }
}

function childOf(
  parent: unknown,
  token: string,
): { node: unknown; keyOffset: number | undefined } | undefined {
  if (isSeq(parent)) {
    const item = parent.items[Number(token)];
    return item === undefined ? undefined : { node: item, keyOffset: startOf(item) };
  }
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(({ key }) => nameOf(key) === token);
  return isPair(pair) ? { node: pair.value, keyOffset: startOf(pair.key) } : undefined;
}
