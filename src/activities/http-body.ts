import { messageOf } from "../base/errors.ts";
import { parseJson } from "../base/json.ts";
import type { JsonValue } from "../base/json.ts";
import { communicationFailure } from "./http-failure.ts";

/** A bigger answer is refused: it would become part of the run. */
const CONTENT_BYTES_MAX = 20 * 1024 * 1024;

export async function readBytes(response: Response, place: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      sizeBytes += chunk.length;
      if (sizeBytes > CONTENT_BYTES_MAX) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw communicationFailure(`the answer to ${place} was cut: ${messageOf(error)}`, error);
  }
  if (sizeBytes <= CONTENT_BYTES_MAX) return Buffer.concat(chunks);
  const limit = `${CONTENT_BYTES_MAX / 1024 / 1024} MB`;
  throw communicationFailure(`the answer to ${place} is bigger than ${limit}`, undefined);
}

/** JSON where the content type says so, else text; bytes that are no text come in Base64. An empty body is null. */
export function toContent(response: Response, bytes: Uint8Array, place: string): JsonValue {
  if (bytes.length === 0) return null;
  const type = response.headers.get("content-type") ?? "";
  if (!isJson(type)) return toText(bytes, type);
  try {
    return parseJson(new TextDecoder().decode(bytes));
  } catch (error) {
    const detail = `the answer to ${place} is said to be ${type} and is not: ${messageOf(error)}`;
    throw communicationFailure(detail, error);
  }
}

function isJson(type: string): boolean {
  return /^[^;]*[/+]json\s*(;|$)/i.test(type);
}

function toText(bytes: Uint8Array, type: string): string {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(type)?.[1]?.toLowerCase() ?? "utf-8";
  const isLatin = charset === "iso-8859-1" || charset === "latin1" || charset === "windows-1252";
  try {
    return new TextDecoder(isLatin ? "windows-1252" : "utf-8", { fatal: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString("base64");
  }
}
