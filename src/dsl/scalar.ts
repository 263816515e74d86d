import type { JsonObject, JsonValue } from "../base/json.ts";
import { accept, isObject } from "./shape.ts";

export const text = accept("a string", (value) => typeof value === "string");
export const nonEmptyText = accept(
  "a string that is not empty",
  (value): value is string => typeof value === "string" && value !== "",
);
export const integer = accept(
  "a whole number",
  (value): value is number => typeof value === "number" && Number.isInteger(value),
);
export const bool = accept("true or false", (value) => typeof value === "boolean");
/** Any object; what is in it is the author's. */
export const map = accept("an object", (value): value is JsonObject => isObject(value));
/** Any value at all, but one. */
export const anything = accept("a value", (value): value is JsonValue => value !== undefined);

const EXPRESSION = /^\s*\$\{.+\}\s*$/u;

export function isExpression(value: unknown): value is string {
  return typeof value === "string" && EXPRESSION.test(value);
}

/** A runtime expression in its delimiters. */
export const expression = accept('an expression such as "${ .value }"', isExpression);

function matching(pattern: RegExp): (value: unknown) => value is string {
  return (value): value is string => typeof value === "string" && pattern.test(value);
}

const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/u;

export const version = accept('a semantic version such as "1.0.0" (in quotes)', matching(SEMVER));
export const dnsName = accept(
  "a name of letters, digits and inner hyphens, at most 63 long",
  matching(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/u),
);
export const hostName = accept(
  "a host name",
  matching(/^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]{0,61}[a-zA-Z0-9])?$/u),
);
export const isoDuration = accept(
  'an ISO 8601 duration such as "PT30S", an expression, or { seconds: 30 }',
  matching(
    /^P(?!$)(\d+(?:\.\d+)?Y)?(\d+(?:\.\d+)?M)?(\d+(?:\.\d+)?W)?(\d+(?:\.\d+)?D)?(T(?=\d)(\d+(?:\.\d+)?H)?(\d+(?:\.\d+)?M)?(\d+(?:\.\d+)?S)?)?$/u,
  ),
);
export const dateTime = accept(
  'a time such as "2026-01-31T12:00:00Z", or an expression',
  matching(
    /^\d\d\d\d-[0-1]\d-[0-3]\d[t ](?:[0-2]\d:[0-5]\d:[0-6]\d|23:59:60)(?:\.\d+)?(?:z|[+-]\d\d(?::?\d\d)?)$/iu,
  ),
);
export const jsonPointer = accept(
  'a JSON Pointer such as "/do/0/greet", or an expression',
  matching(/^(?:\/(?:[^~/]|~0|~1)*)*$/u),
);

const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+\-.]*:\/\/.*/u;
const REFERENCE =
  /^(?!\s*\$\{)(?=\S)(([^:/?#]+):)?(\/\/([^/?#\s]*))?([^?#\s]*)(\?([^#\s]*))?(#(\S*))?$/u;

/** A URI, a reference to one, or a template of one; 1.0.3 and its successor draw the line differently, both count. */
export const uriTemplate = accept(
  'a URI such as "https://example.com/pets/{petId}"',
  (value): value is string =>
    typeof value === "string" && (REFERENCE.test(value) || ABSOLUTE.test(value)),
);
