import { type CodeSet, complement, DIGIT, namedSet, SPACE, WORD } from "./code-set.ts";
import { PatternError } from "./pattern-error.ts";
import { isAtEnd, look, type Reader, skip, take, takeUntil, takeWhile } from "./reader.ts";

const CLASSES: Readonly<Partial<Record<string, CodeSet>>> = {
  d: DIGIT,
  D: complement(DIGIT),
  s: SPACE,
  S: complement(SPACE),
  w: WORD,
  W: complement(WORD),
};

/** The set that an escape names, behind its backslash; undefined when it stands for one letter. */
export function classOfEscape(reader: Reader): CodeSet | undefined {
  const known = CLASSES[look(reader)];
  if (known !== undefined) {
    take(reader);
    return known;
  }
  if ((look(reader) === "p" || look(reader) === "P") && look(reader, 1) === "{") {
    const isNegated = take(reader) === "P";
    take(reader);
    return readProperty(reader, isNegated);
  }
  return undefined;
}

function readProperty(reader: Reader, isNegatedByLetter: boolean): CodeSet {
  const isNegated = skip(reader, "^") !== isNegatedByLetter;
  const name = takeUntil(reader, "}");
  const set = name === undefined ? undefined : namedSet(name);
  if (set === undefined) throw new PatternError(`invalid character property name {${name ?? ""}}`);
  return isNegated ? complement(set) : set;
}

const CONTROLS: Readonly<Partial<Record<string, number>>> = {
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  a: 7,
  e: 27,
};

/** The code point that an escape stands for, behind its backslash. */
export function pointOfEscape(reader: Reader): number {
  if (isAtEnd(reader)) throw new PatternError("end pattern at escape");
  const letter = take(reader);
  const control = CONTROLS[letter];
  if (control !== undefined) return control;
  if (letter === "x") return readHex(reader);
  if (letter === "o" && skip(reader, "{")) return readBraced(reader, 8);
  if (letter === "c" && !isAtEnd(reader)) return (take(reader).codePointAt(0) ?? 0) & 0x1f;
  if (/[0-7]/.test(letter)) return Number.parseInt(letter + takeWhile(reader, /^[0-7]$/, 2), 8);
  return letter.codePointAt(0) ?? 0;
}

function readHex(reader: Reader): number {
  if (skip(reader, "{")) return readBraced(reader, 16);
  const bytes = [readByte(reader)];
  const length = utf8SequenceLength(bytes[0] ?? 0);
  while (bytes.length < length && look(reader) === "\\" && look(reader, 1) === "x") {
    reader.position += 2;
    bytes.push(readByte(reader));
  }
  if (length === 1) return bytes[0] ?? 0;
  return new TextDecoder().decode(Uint8Array.from(bytes)).codePointAt(0) ?? 0;
}

function readByte(reader: Reader): number {
  return Number.parseInt(`0${takeWhile(reader, /^[0-9a-fA-F]$/, 2)}`, 16);
}

/** How many bytes of UTF-8 a first byte announces. */
function utf8SequenceLength(byte: number): number {
  if (byte < 0xc0) return 1;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}

function readBraced(reader: Reader, radix: number): number {
  const digits = takeUntil(reader, "}")?.trim() ?? "";
  const point = Number.parseInt(digits, radix);
  if (Number.isNaN(point)) throw new PatternError("invalid code point value");
  if (point > 0x10_ffff) throw new PatternError("too big wide-char value");
  return point;
}
