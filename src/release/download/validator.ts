import { z } from "zod";

const STRONG_ETAG = /^"[\x21\x23-\x7e]*"$/;
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
/** Two changes within a minute may carry the same date (RFC 9110, section 8.8.2.2). */
const STRONG_AGE_MS = 60_000;

/** What `If-Range` may say: equal means equal byte for byte. */
export const Validator = z.union([z.string().regex(STRONG_ETAG), z.string().regex(HTTP_DATE)]);

/** The strong ETag, else a date of change that lies well before the answer; a weak ETag speaks against both. */
export function strongValidator(headers: Headers): string | undefined {
  const etag = headers.get("ETag");
  if (etag !== null) return STRONG_ETAG.test(etag) ? etag : undefined;
  const changed = headers.get("Last-Modified") ?? "";
  const age = Date.parse(headers.get("Date") ?? "") - Date.parse(changed);
  return HTTP_DATE.test(changed) && age >= STRONG_AGE_MS ? changed : undefined;
}

/** Whether an answer that continues a file speaks of another one. */
export function isContradicted(headers: Headers, validator: string | undefined): boolean {
  const name = validator?.startsWith('"') === false ? "Last-Modified" : "ETag";
  const said = headers.get(name);
  return said !== null && said !== validator;
}
