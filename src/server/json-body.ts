import { messageOf } from "../base/errors.ts";
import { JSON_BYTES_MAX, JSON_DEPTH_MAX } from "../base/json-limits.ts";
import { type JsonValue, parseFiniteJson } from "../base/json.ts";
import { HttpError } from "./http-error.ts";

/** The body as JSON; undefined when there is none. */
export async function readJsonBody(request: Request): Promise<JsonValue | undefined> {
  if (Number(request.headers.get("content-length") ?? 0) > JSON_BYTES_MAX) throw tooLarge();
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  requireJson(request.headers.get("content-type"));
  const text = new TextDecoder().decode(bytes);
  refuseDeep(text);
  try {
    return parseFiniteJson(text);
  } catch (error) {
    throw new HttpError(400, "usage", `the request body is not JSON: ${messageOf(error)}`, {
      hint: "send one JSON value",
    });
  }
}

/** Counts what arrives: the length that a client announces may be missing or wrong. */
async function readBytes(request: Request): Promise<Buffer> {
  if (!request.body) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body) {
    sizeBytes += chunk.length;
    if (sizeBytes > JSON_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): HttpError {
  const limit = `${JSON_BYTES_MAX / 1024 / 1024} MiB`;
  return new HttpError(413, "invalid_input", `the request body is larger than ${limit}`, {
    hint: "keep large data elsewhere and send where it is",
  });
}

/** A form of another site can send text or form data without asking, but never JSON. */
function requireJson(contentType: string | null): void {
  const mediaType = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (mediaType === "application/json" || /^application\/[^/]+\+json$/.test(mediaType)) return;
  throw new HttpError(415, "invalid_input", `a body of type "${mediaType}" is not taken`, {
    hint: "send JSON with the header content-type: application/json",
  });
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

function refuseDeep(text: string): void {
  let depth = 0;
  let isString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === BACKSLASH) index += 1;
    else if (code === QUOTE) isString = !isString;
    else if (!isString && OPENING.has(code)) depth += 1;
    else if (!isString && CLOSING.has(code)) depth -= 1;
    if (depth > JSON_DEPTH_MAX) {
      throw new HttpError(
        422,
        "invalid_input",
        `the body nests deeper than ${JSON_DEPTH_MAX} levels`,
      );
    }
  }
}
