import { BlockList, isIP } from "node:net";

import type { Environment } from "./request.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Ours never leave through a proxy, see `keepLoopbackDirect`, which names the same three. */
export function isLoopback(url: URL): boolean {
  return LOOPBACK.has(url.hostname);
}

/** The proxy that a request to this address goes through. */
export function proxyFor(url: URL, environment: Environment): URL | undefined {
  if (url.protocol === "file:" || isLoopback(url) || isExempt(url, environment)) return undefined;
  const own = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const text = read(environment, own) || read(environment, "ALL_PROXY");
  if (!text) return undefined;
  const withScheme = text.includes("://") ? text : `http://${text}`;
  return URL.canParse(withScheme) ? new URL(withScheme) : undefined;
}

/** Whether NO_PROXY lists the host: by name, as a suffix, with its port, as an address range, or all with `*`. */
function isExempt(url: URL, environment: Environment): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return read(environment, "NO_PROXY")
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "")
    .some((entry) => matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isInRange(entry, host);
  const [, name = entry, wantedPort = port] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
  if (wantedPort !== port) return false;
  const suffix = name.replace(/^\*?\.?/, "");
  return host === suffix || host.endsWith(`.${suffix}`);
}

function isInRange(entry: string, host: string): boolean {
  const [network = "", prefix = ""] = entry.split("/");
  const family = isIP(host);
  if (family === 0 || isIP(network) !== family || !/^\d{1,3}$/.test(prefix)) return false;
  const bits = Number(prefix);
  if (bits > (family === 4 ? 32 : 128)) return false;
  const kind = family === 4 ? "ipv4" : "ipv6";
  const range = new BlockList();
  range.addSubnet(network, bits, kind);
  return range.check(host, kind);
}

function read(environment: Environment, name: string): string {
  return environment[name.toLowerCase()] || environment[name] || "";
}
