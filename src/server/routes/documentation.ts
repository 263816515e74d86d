import { createHash } from "node:crypto";

import { z } from "zod";

import page from "../docs.html" with { type: "text" };
import { defineRoute, NoBody, NoQuery, type Route } from "../route.ts";

import style from "../docs.css" with { type: "text" };

const tag = "Documentation";

/** Readable without a token: they say what the API is, not what is in it. */
export function documentationRoutes(describe: () => unknown): Route[] {
  return [openApi(describe), docs(), root()];
}

function openApi(describe: () => unknown): Route {
  return defineRoute(
    {
      method: "get",
      path: "/openapi.json",
      id: "getOpenApi",
      tag,
      summary: "This description, as OpenAPI 3.1",
      access: "open",
      query: NoQuery,
      body: NoBody,
      answers: { 200: { description: "The document.", other: { "application/json": "{…}" } } },
    },
    () => Response.json(describe()),
  );
}

function docs(): Route {
  const html = z
    .string()
    .parse(page)
    .replace("<style></style>", () => `<style>${style}</style>`);
  return defineRoute(
    {
      method: "get",
      path: "/docs",
      id: "getDocs",
      tag,
      summary: "This description, as a page to read",
      access: "open",
      query: NoQuery,
      body: NoBody,
      answers: { 200: { description: "The page.", other: { "text/html": "<!doctype html>…" } } },
    },
    () =>
      new Response(html, {
        headers: {
          "content-type": "text/html; charset=utf-8",
          "content-security-policy": policyFor(html),
        },
      }),
  );
}

function root(): Route {
  return defineRoute(
    {
      method: "get",
      path: "/",
      id: "getRoot",
      tag,
      summary: "Leads to the documentation",
      access: "open",
      query: NoQuery,
      body: NoBody,
      answers: { 302: { description: "To /docs." } },
    },
    () => new Response(null, { status: 302, headers: { location: "/docs" } }),
  );
}

/** The page may run what stands in it and ask this server; nothing else. */
function policyFor(html: string): string {
  const hashes = (tagName: string) =>
    [...html.matchAll(new RegExp(`<${tagName}>([\\s\\S]*?)</${tagName}>`, "g"))]
      .map(([, text = ""]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`)
      .join(" ");
  return `default-src 'none'; script-src ${hashes("script")}; style-src ${hashes("style")}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}
