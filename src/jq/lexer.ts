import { JqSyntaxError } from "./errors.ts";
import { readStringText } from "./string-text.ts";

/**
 * `kind` is the token's own text for keywords and punctuation; otherwise one of `identifier`, `field`, `binding`,
 * `number`, `format`, `text`, and `string-start`, `string-end`, `interpolation-start`, `interpolation-end`, `end-of-text`.
 */
export interface Token {
  readonly kind: string;
  /** The name without its mark, the decoded text, or the source of a number. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export const KEYWORDS: ReadonlySet<string> = new Set([
  ..."as import include module def if then else elif and or end reduce foreach".split(" "),
  ..."try catch label break".split(" "),
]);

const PATTERNS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ["number", /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ["field", /\.[a-zA-Z_]\w*/y],
  ["identifier", /(?:[a-zA-Z_]\w*::)*[a-zA-Z_]\w*/y],
  ["binding", /\$(?:[a-zA-Z_]\w*::)*[a-zA-Z_]\w*/y],
  ["format", /@\w+/y],
  ["", /\?\/\/|\/\/=|\.\.|\/\/|[!=|+\-*/%<>]=|[.?=;,:|+\-*/%$<>]/y],
];
const BLANK = /(?:[ \t\r\n]+|#(?:\\(?:\\|\r?\n)|[^\n\\]|\\)*)*/y;
const CLOSERS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", '"': ")" };

interface Lexer {
  readonly source: string;
  readonly tokens: Token[];
  /** Every bracket that is open; a double quote stands for an interpolation. */
  readonly open: string[];
  position: number;
}

/** Splits a program into tokens; the last one has the kind `end`. */
export function tokenize(source: string): Token[] {
  const lexer: Lexer = { source, tokens: [], open: [], position: 0 };
  for (;;) {
    BLANK.lastIndex = lexer.position;
    BLANK.test(source);
    lexer.position = Math.max(lexer.position, BLANK.lastIndex);
    if (lexer.position >= source.length) break;
    readToken(lexer);
  }
  push(lexer, "end-of-text", "", source.length);
  return lexer.tokens;
}

function readToken(lexer: Lexer): void {
  const letter = lexer.source.charAt(lexer.position);
  if (letter === '"') {
    push(lexer, "string-start", '"', lexer.position + 1);
    readString(lexer);
  } else if (letter === "(" || letter === "[" || letter === "{") {
    lexer.open.push(letter);
    push(lexer, letter, letter, lexer.position + 1);
  } else if (letter === ")" || letter === "]" || letter === "}") {
    readCloser(lexer, letter);
  } else {
    readPlain(lexer);
  }
}

function readPlain(lexer: Lexer): void {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = lexer.position;
    if (!pattern.test(lexer.source)) continue;
    const end = pattern.lastIndex;
    const text = lexer.source.slice(lexer.position, end);
    if (kind === "" || (kind === "identifier" && KEYWORDS.has(text)) || text === "$__loc__") {
      push(lexer, text, text, end);
    } else {
      const hasMark = kind === "field" || kind === "binding" || kind === "format";
      push(lexer, kind, hasMark ? text.slice(1) : text, end);
    }
    return;
  }
  push(lexer, "INVALID_CHARACTER", lexer.source.charAt(lexer.position), lexer.position + 1);
}

function readCloser(lexer: Lexer, letter: string): void {
  const opener = lexer.open.at(-1) ?? "";
  if (CLOSERS[opener] !== letter) {
    push(lexer, "INVALID_CHARACTER", letter, lexer.position + 1);
    return;
  }
  lexer.open.pop();
  if (opener !== '"') {
    push(lexer, letter, letter, lexer.position + 1);
    return;
  }
  push(lexer, "interpolation-end", letter, lexer.position + 1);
  readString(lexer);
}

/** Reads on inside a string literal, up to its end or to the next interpolation. */
function readString(lexer: Lexer): void {
  const { source } = lexer;
  const start = lexer.position;
  let end = start;
  while (end < source.length && source[end] !== '"' && !source.startsWith("\\(", end)) {
    end += source[end] === "\\" ? 2 : 1;
  }
  if (end >= source.length) {
    throw new JqSyntaxError(
      "syntax error, unexpected end of file, expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END",
      {
        text: source,
        range: { start: source.length, end: source.length },
        hint: 'close the string with a "',
      },
    );
  }
  if (end > start) push(lexer, "text", readStringText(source, { start, end }), end);
  if (source[end] === '"') {
    push(lexer, "string-end", '"', end + 1);
  } else {
    lexer.open.push('"');
    push(lexer, "interpolation-start", "\\(", end + 2);
  }
}

function push(lexer: Lexer, kind: string, text: string, end: number): void {
  lexer.tokens.push({ kind, text, start: lexer.position, end });
  lexer.position = end;
}
