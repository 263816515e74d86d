import { StigmerError } from "../../base/errors.ts";
import { isLoopback } from "./proxy.ts";
import type { Environment } from "./request.ts";

export const BASE_URL_VARIABLE = "STIGMER_DOWNLOAD_BASE_URL";

/** Without user, password and query: any of them may be a secret. */
export function displayUrl(url: URL): string {
  return url.protocol === "file:" ? url.href : `${url.protocol}//${url.host}${url.pathname}`;
}

/** A text with every address in it as `displayUrl` would write it. */
export function redactUrls(text: string): string {
  return text.replace(/https?:\/\/[^\s"'<>]+/g, (found) =>
    URL.canParse(found) ? displayUrl(new URL(found)) : "<address>",
  );
}

/** The base of all downloads that a person set, if any. */
export function chosenBaseUrl(environment: Environment): URL | undefined {
  const text = environment[BASE_URL_VARIABLE];
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^(?:https?|file):$/.test(url.protocol) && !url.search && !url.hash) return url;
  // The text itself may hold a password.
  const shown = url ? displayUrl(url) : "its value";
  throw new StigmerError("usage", `${BASE_URL_VARIABLE} is no base of addresses: ${shown}`, {
    hint: "write it like https://mirror.example/stigmer or file:///media/stigmer, without ? and #",
  });
}

/**
 * The address to download from. Plain http is for loopback, and for the very origin that a person wrote down: the
 * digest protects the bytes, but who listens would learn what is asked for and could send anything else.
 */
export function parseSourceUrl(text: string, environment: Environment): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw new StigmerError("usage", `"${redactUrls(text)}" is not an address`);
  if (url.protocol === "https:" || (url.protocol === "file:" && url.host === "")) return url;
  if (url.protocol !== "http:") {
    throw new StigmerError("usage", `cannot download from ${displayUrl(url)}`, {
      hint: "use https://host/… or file:///folder/…",
    });
  }
  if (isLoopback(url) || chosenBaseUrl(environment)?.origin === url.origin) return url;
  throw new StigmerError("not_permitted", `${displayUrl(url)} is not encrypted`, {
    hint: `use https, or name that very mirror in ${BASE_URL_VARIABLE}`,
  });
}
