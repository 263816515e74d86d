import Ajv, { type ValidateFunction } from "ajv";
import Ajv2020 from "ajv/dist/2020.js";

import { messageOf } from "../base/errors.ts";
import { isJsonObject, type JsonValue, toCanonicalJson } from "../base/json.ts";

/** Compiled schemas that are kept; one costs a hundred times its use. */
const CACHE_SIZE_MAX = 256;
const cache = new Map<string, ValidateFunction>();

const options = { strict: false, allErrors: true, validateFormats: false } as const;
const engines: { modern?: Ajv; draft7?: Ajv } = {};

/** Why a value is not as the schema wants, or undefined when it is. Throws for what is not a JSON Schema. */
export function mismatchOf(schema: JsonValue, value: JsonValue): string | undefined {
  const validate = compileSchema(schema);
  if (validate(value)) return undefined;
  const [first, ...more] = validate.errors ?? [];
  const where = first?.instancePath === "" ? "the value" : (first?.instancePath ?? "");
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  return `${where} ${first?.message ?? "is not as the schema wants"}${others}`;
}

/** Throws an `Error` that says what is wrong with the schema. */
export function compileSchema(schema: JsonValue): ValidateFunction {
  const key = toCanonicalJson(schema);
  const known = cache.get(key);
  if (known) return known;
  const validate = compile(schema);
  if (cache.size >= CACHE_SIZE_MAX) cache.delete(cache.keys().next().value ?? "");
  cache.set(key, validate);
  return validate;
}

function compile(schema: JsonValue): ValidateFunction {
  if (typeof schema !== "boolean" && !isJsonObject(schema)) {
    throw new TypeError("a JSON Schema is an object or a boolean");
  }
  const engine = engineFor(schema);
  try {
    return engine.compile(schema);
  } catch (error) {
    throw new Error(`not a JSON Schema: ${messageOf(error)}`, { cause: error });
  } finally {
    // The compiled function lives on in the cache; what the engine keeps would grow for ever, and claim its `$id`.
    engine.removeSchema(schema);
  }
}

/** 2020-12 unless the schema says that it is of draft 7. Made when first needed: most runs have no schema. */
function engineFor(schema: boolean | object): Ajv {
  const dialect = typeof schema === "object" && "$schema" in schema ? schema.$schema : undefined;
  if (typeof dialect === "string" && dialect.includes("draft-07")) {
    return (engines.draft7 ??= new Ajv(options));
  }
  return (engines.modern ??= new Ajv2020(options));
}
