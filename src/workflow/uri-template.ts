import { isJsonObject, type JsonValue } from "../base/json.ts";
import { evaluate, ExpressionFailure, type Setting } from "./expression.ts";
import { soleExpression, splitTemplate } from "./template.ts";

/**
 * A URI of a document with its `${ }` evaluated and its `{name}` filled in (RFC 6570, level 1). Names are top-level
 * fields of the input, taken as they are written: `{pet.id}` is the field "pet.id". What an expression gives is data
 * and is not filled in again.
 */
export function fillUri(template: string, setting: Setting): string {
  const segments = splitTemplate(template);
  const isSole = soleExpression(segments) !== undefined;
  const parts = segments.map((segment) => {
    if (segment.kind === "text") return isSole ? "" : expand(segment.text, setting.input);
    const value = evaluate(segment.text, setting);
    if (typeof value === "string") return value;
    if (isSole) throw new ExpressionFailure(`${describe(value)} is not a URI: ${template.trim()}`);
    return JSON.stringify(value);
  });
  return parts.join("");
}

function expand(template: string, input: JsonValue): string {
  return template.replaceAll(/\{([^{}]*)\}/g, (_whole, name: string) => {
    const value = isJsonObject(input) && Object.hasOwn(input, name) ? input[name] : undefined;
    if (value === undefined || value === null) return "";
    if (typeof value === "object") {
      throw new ExpressionFailure(
        `{${name}} of the URI is ${describe(value)}: only text, numbers and booleans can be filled in`,
      );
    }
    return encode(String(value));
  });
}

/** Everything but unreserved characters; `encodeURIComponent` leaves five more as they are. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function describe(value: JsonValue): string {
  if (Array.isArray(value)) return "an array";
  return isJsonObject(value) ? "an object" : JSON.stringify(value);
}
