import type { JsonObject, JsonValue } from "../../base/json.ts";
import { putField } from "./fields.ts";
import { decodeJsonString } from "./json-string.ts";
import { parseNumber } from "./parse-number.ts";

const DEPTH_MAX = 10_000;
const LITERALS: Readonly<Partial<Record<string, readonly [string, JsonValue]>>> = {
  t: ["true", true],
  f: ["false", false],
  n: ["null", null],
};

/** Text that is no JSON, in jq's words, and where. */
export class JsonTextError extends Error {
  override readonly name = "JsonTextError";
}

/** An array or object that is not closed yet; `key` is the one that waits for its value. */
interface Open {
  readonly value: JsonValue[] | JsonObject;
  key: string | undefined;
}

/**
 * Reads a sequence of JSON values as jq does, which takes more than the standard allows and words its complaints in
 * its own way. Text may come in pieces.
 */
export class JsonReader {
  private readonly open: Open[] = [];
  private next: JsonValue | undefined;
  private token = "";
  private state: "plain" | "string" | "escape" = "plain";
  private line: number;
  private column = 0;

  /** The text may be a part of a larger one, of which it begins at that line. */
  constructor(line = 1) {
    this.line = line;
  }

  /** The values that end in this piece of text. */
  *read(text: string): Generator<JsonValue> {
    for (let index = 0; index < text.length; index += 1) {
      const letter = text.charAt(index);
      this.count(letter);
      if (this.state === "plain") yield* this.readPlain(letter);
      else if (this.readQuoted(letter)) yield* this.done();
    }
  }

  /** The value that only the end of the text ends, if there is one. */
  *end(): Generator<JsonValue> {
    const isEnd = true;
    if (this.state !== "plain") throw this.fail("Unfinished string", isEnd);
    this.finishToken(isEnd);
    if (this.open.length > 0) throw this.fail("Unfinished JSON term", isEnd);
    yield* this.done();
  }

  private count(letter: string): void {
    const unit = letter.charCodeAt(0);
    const isSurrogate = (unit & 0xf800) === 0xd800;
    if (letter === "\n") {
      this.line += 1;
      this.column = 0;
    } else if (unit < 0x80) this.column += 1;
    else this.column += unit < 0x800 || isSurrogate ? 2 : 3;
  }

  private fail(message: string, isEnd = false): JsonTextError {
    const end = isEnd ? " at EOF" : "";
    return new JsonTextError(`${message}${end} at line ${this.line}, column ${this.column}`);
  }

  private *readPlain(letter: string): Generator<JsonValue> {
    if (!' \t\r\n[{:,]}"'.includes(letter)) {
      if (letter === "\ufeff" && this.token === "") return;
      this.token += letter;
      return;
    }
    this.finishToken();
    yield* this.done();
    if (letter === '"') this.state = "string";
    else if (letter.trim() !== "") this.readStructure(letter);
    yield* this.done();
  }

  private readQuoted(letter: string): boolean {
    if (letter === '"' && this.state === "string") {
      const text = decodeJsonString(this.token);
      if (text.error !== undefined) throw this.fail(text.error);
      this.token = "";
      this.state = "plain";
      this.take(text.value);
      return true;
    }
    this.token += letter;
    this.state = letter === "\\" && this.state === "string" ? "escape" : "string";
    return false;
  }

  private *done(): Generator<JsonValue> {
    if (this.open.length > 0 || this.next === undefined) return;
    const value = this.next;
    this.next = undefined;
    yield value;
  }

  private finishToken(isEnd = false): void {
    const { token } = this;
    if (token === "") return;
    this.token = "";
    const literal = token.startsWith("na") ? undefined : LITERALS[token.charAt(0)];
    if (token.startsWith("'"))
      throw this.fail(`Invalid string literal; expected ", but got '`, isEnd);
    if (literal !== undefined && literal[0] !== token) throw this.fail("Invalid literal", isEnd);
    const value = literal === undefined ? parseNumber(token) : literal[1];
    if (value === undefined) throw this.fail("Invalid numeric literal", isEnd);
    this.take(value, isEnd);
  }

  private take(value: JsonValue, isEnd = false): void {
    if (this.next !== undefined) throw this.fail("Expected separator between values", isEnd);
    this.next = value;
  }

  private readStructure(letter: string): void {
    switch (letter) {
      case "[":
        return this.push([]);
      case "{":
        return this.push({});
      case ":":
        return this.readColon();
      case ",":
        return this.readComma();
      case "]":
        return this.closeArray();
      default:
        return this.closeObject();
    }
  }

  private push(value: JsonValue[] | JsonObject): void {
    if (this.open.length >= DEPTH_MAX) throw this.fail("Exceeds depth limit for parsing");
    if (this.next !== undefined) throw this.fail("Expected separator between values");
    this.open.push({ value, key: undefined });
  }

  private readColon(): void {
    const top = this.open.at(-1);
    if (this.next === undefined) throw this.fail("Expected string key before ':'");
    if (top === undefined || Array.isArray(top.value) || top.key !== undefined) {
      throw this.fail("':' not as part of an object");
    }
    if (typeof this.next !== "string") throw this.fail("Object keys must be strings");
    top.key = this.next;
    this.next = undefined;
  }

  private readComma(): void {
    const top = this.open.at(-1);
    if (this.next === undefined || top === undefined) throw this.fail("Expected value before ','");
    this.store(top, this.next);
  }

  private store(top: Open, value: JsonValue): void {
    if (Array.isArray(top.value)) top.value.push(value);
    else if (top.key === undefined) throw this.fail("Objects must consist of key:value pairs");
    else putField(top.value, top.key, value);
    top.key = undefined;
    this.next = undefined;
  }

  private closeArray(): void {
    const top = this.open.at(-1);
    if (top === undefined || !Array.isArray(top.value)) throw this.fail("Unmatched ']'");
    if (this.next !== undefined) this.store(top, this.next);
    else if (top.value.length > 0) throw this.fail("Expected another array element");
    this.open.pop();
    this.next = top.value;
  }

  private closeObject(): void {
    const top = this.open.at(-1);
    if (top === undefined) throw this.fail("Unmatched '}'");
    if (this.next !== undefined) {
      if (Array.isArray(top.value)) throw this.fail("Objects must consist of key:value pairs");
      this.store(top, this.next);
    } else if (Array.isArray(top.value) || top.key !== undefined) {
      throw this.fail("Unmatched '}'");
    } else if (Object.keys(top.value).length > 0) {
      throw this.fail("Expected another key-value pair");
    }
    this.open.pop();
    this.next = top.value;
  }
}
