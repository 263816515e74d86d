import { StigmerError } from "../src/base/errors.ts";
import type { Paths } from "../src/base/paths.ts";
import { isSameProcess } from "../src/base/process-identity.ts";
import { readSmallFile } from "../src/base/read-small-file.ts";
import type { Client } from "../src/client/client.ts";
import { createClient } from "../src/client/http-client.ts";
import type { ServerPlace } from "../src/client/server-connection.ts";
import { readServerHint, type ServerHint } from "../src/supervisor/server-state.ts";
import { processHost } from "../src/terminal/host.ts";
import { openTerminal } from "../src/terminal/terminal.ts";
import { homePaths } from "./home.ts";
import { loadSettings } from "./settings.ts";
import { SKEW_FIX, skewOf } from "./skew.ts";

export interface ServerAddress {
  readonly url: string;
  readonly token: string | undefined;
  /** What the server of this home says of itself; undefined when another was named, or none runs. */
  readonly own: ServerHint | undefined;
}

const TOKEN_BYTES_MAX = 64 * 1024;

/** A server elsewhere is not started from here. */
const NAMED_HINT = "see that one runs there, or name another with --server or STIGMER_SERVER_URL";

/** A client of the server that this command line means. Nothing is sent yet. */
export function connect(): Client {
  const { url, token, own } = findServer(homePaths(), process.env);
  const skew = own && skewOf(own);
  if (skew !== undefined) {
    const { talk } = openTerminal(processHost, { json: false, quiet: false });
    talk.warn(`${skew}: ${SKEW_FIX}`);
  }
  const isNamed = Boolean(process.env["STIGMER_SERVER_URL"]) && own === undefined;
  const absenceHint = isNamed ? NAMED_HINT : undefined;
  return createClient({ url, token, locate: own && locateAgain, absenceHint });
}

/** The server of this home may come back on another port. */
function locateAgain(): ServerPlace | undefined {
  const found = findServer(homePaths(), process.env);
  return found.own && found;
}

/** STIGMER_SERVER_URL (`--server`), else where the server of this home says it is, else where it would be. */
export function findServer(
  paths: Paths,
  environment: Record<string, string | undefined>,
): ServerAddress {
  const hint = readServerHint(paths);
  const running = hint && isSameProcess(hint) ? hint : undefined;
  const own = running && new URL(running.url).origin;
  const named = environment["STIGMER_SERVER_URL"];
  const url = named ? checkUrl(named) : (own ?? defaultUrl());
  // The token of this home opens this home's server. It goes neither to whoever else a URL names, nor to whoever
  // else listens where our server would be.
  const isOwn = url === own;
  const token = environment["STIGMER_TOKEN"] || (isOwn ? readToken(paths) : undefined);
  return { url, token, own: isOwn ? running : undefined };
}

function checkUrl(text: string): string {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new StigmerError("usage", `"${text}" is not the URL of a server`, {
    hint: "write it like http://127.0.0.1:7234 (--server or STIGMER_SERVER_URL)",
  });
}

function defaultUrl(): string {
  const { listen, port } = loadSettings().settings.server;
  return `http://${listen.includes(":") ? `[${listen}]` : listen}:${port}`;
}

/** Undefined before the first start of a server: it makes the token. */
function readToken(paths: Paths): string | undefined {
  try {
    return readSmallFile(paths.token, TOKEN_BYTES_MAX).trim() || undefined;
  } catch {
    return undefined;
  }
}
