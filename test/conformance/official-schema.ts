import Ajv2020 from "ajv/dist/2020.js";

import { isJsonObject, type JsonObject, type JsonValue } from "../../src/base/json.ts";
import { parseYamlDocuments } from "../../src/dsl/source.ts";

export type Validate = (document: JsonValue) => boolean;

/** The official schema as it is. Formats are checked only where alternatives are told apart by them. */
export async function officialSchema(file: string): Promise<Validate> {
  return compile(await readSchema(file));
}

/**
 * The successor's schema with what 1.0.x took and it no longer does: the map form of script arguments (1.0.0), OAuth2
 * without `authority` or `grant`, any text after an absolute URI's scheme, and the error filter's `details` (1.0.3).
 */
export async function unionSchema(file: string): Promise<Validate> {
  const schema = await readSchema(file);
  const defs = objectAt(schema, "$defs");
  delete objectAt(defs, "oauth2AuthenticationProperties")["required"];
  const uris = objectAt(defs, "uriTemplate")["anyOf"];
  if (!Array.isArray(uris)) throw new Error("the schema has no list of URI patterns");
  uris.push({ type: "string", pattern: "^[A-Za-z][A-Za-z0-9+\\-.]*://.*" });
  objectAt(defs, "errorFilter", "properties")["details"] = { type: "string" };
  const processes = objectAt(defs, "runTask", "allOf", "1", "properties", "run", "oneOf");
  const script = objectAt(processes, "1", "properties", "script", "properties");
  script["arguments"] = {
    oneOf: [{ type: "array", items: { type: "string" } }, { type: "object" }],
  };
  return compile(schema);
}

async function readSchema(file: string): Promise<JsonObject> {
  const [document] = parseYamlDocuments(await Bun.file(file).text(), file);
  if (!isJsonObject(document?.value)) throw new Error(`${file} holds no schema`);
  return document.value;
}

function compile(schema: JsonObject): Validate {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  const day = "\\d\\d\\d\\d-[0-1]\\d-[0-3]\\d";
  const time = "(?:[0-2]\\d:[0-5]\\d:[0-6]\\d|23:59:60)(?:\\.\\d+)?";
  ajv.addFormat("date-time", new RegExp(`^${day}[t ]${time}(?:z|[+-]\\d\\d(?::?\\d\\d)?)$`, "i"));
  ajv.addFormat("json-pointer", /^(?:\/(?:[^~/]|~0|~1)*)*$/);
  for (const format of ["uri", "uri-template", "uri-reference"]) ajv.addFormat(format, true);
  const validate = ajv.compile(schema);
  return (document) => validate(document);
}

/** The object at these keys; a list counts as an object of its indexes, so that it can be changed in place. */
function objectAt(root: JsonObject, ...keys: string[]): JsonObject {
  return keys.reduce<JsonObject>((parent, key) => {
    const child = parent[key];
    if (typeof child !== "object" || child === null) throw new Error(`the schema has no ${key}`);
    return child as JsonObject;
  }, root);
}
