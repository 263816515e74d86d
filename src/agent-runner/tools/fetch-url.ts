import { z } from "zod";

import { fetchPage, type Page } from "./fetch-page.ts";
import prompt from "./fetch-url.txt" with { type: "text" };
import { toPageText } from "./page-text.ts";
import { isPublicAddress } from "./public-address.ts";
import { defineTool, ToolRefusal } from "./tool.ts";

const Input = z.strictObject({ url: z.string().min(1).describe("http or https") });
const TEXTUAL =
  /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|yaml|x-yaml|javascript|x-ndjson))/;

/** What a page may still be written in, beside UTF-8. */
const LEGACY: Record<string, "windows-1252" | "utf-16"> = {
  "iso-8859-1": "windows-1252",
  latin1: "windows-1252",
  "windows-1252": "windows-1252",
  "utf-16": "utf-16",
};

export const fetchUrl = defineTool(prompt, Input, async ({ url }, world) => {
  const page = await fetchPage(url, {
    bytesMax: world.limits.fetchBytesMax,
    timeLimitMs: world.limits.fetchMs,
    signal: world.signal,
    isAllowed: isPublicAddress,
  });
  const text = readText(page);
  if (page.status >= 400) throw new ToolRefusal(`${page.url} answered ${page.status}.\n\n${text}`);
  return page.isCut
    ? `${text}\n\n[cut: the page is larger than ${world.limits.fetchBytesMax} bytes]`
    : text;
});

function readText({ url, contentType, body }: Page): string {
  if (contentType !== "" && !TEXTUAL.test(contentType)) {
    throw new ToolRefusal(`${url} is ${contentType}, ${body.length} bytes: not text.`);
  }
  const text = decode(body, /charset="?([\w-]+)/i.exec(contentType)?.[1] ?? "utf-8");
  return /html/.test(contentType) ? toPageText(text) : text;
}

function decode(body: Buffer, charset: string): string {
  return new TextDecoder(LEGACY[charset.toLowerCase()] ?? "utf-8").decode(body);
}
