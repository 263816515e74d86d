import { type JsonValue, parseJson } from "../../base/json.ts";
import { raise } from "../raise.ts";
import { JsonReader, JsonTextError } from "./json-reader.ts";

/**
 * Parses JSON text as `fromjson` does. The runtime's own parser is tried first, as it is the fastest; what it refuses
 * may still be a number that jq takes (`nan`, `01`, `+1`), and else gets jq's message.
 */
export function parseJsonText(text: string): JsonValue {
  if (mayParseNatively(text)) {
    try {
      return parseJson(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  const parsing = `(while parsing '${text.replace(/\0.*/s, "")}')`;
  const values = readSlowly(text, parsing);
  const [value, extra] = values;
  if (extra !== undefined) return raise(`Unexpected extra JSON values ${parsing}`);
  return value ?? raise(`Expected JSON value ${parsing}`);
}

function readSlowly(text: string, parsing: string): JsonValue[] {
  const reader = new JsonReader();
  try {
    return [...reader.read(text), ...reader.end()];
  } catch (error) {
    if (error instanceof JsonTextError) return raise(`${error.message} ${parsing}`);
    throw error;
  }
}

/** A number beyond the range of doubles or an unpaired surrogate means something else to jq, as does great depth. */
function mayParseNatively(text: string): boolean {
  return !/\d{300}|[eE]\+?\d{3}|\\ud[89a-f]|[[{]{500}/i.test(text);
}
