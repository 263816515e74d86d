import { version } from "../../base/build-info.ts";
import { DownloadFailure, networkFailure } from "./failure.ts";
import { proxyFor } from "./proxy.ts";
import type { FetchJob } from "./request.ts";
import { displayUrl } from "./source-url.ts";
import { readTrust, type Trust } from "./trust.ts";
import type { Watchdog } from "./watchdog.ts";

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Asks for the file and follows redirects by hand, as each hop decides anew: whether it is allowed, whether it may
 * see the header of the mirror, which proxy it takes.
 */
export async function openAnswer(
  job: FetchJob,
  headers: Readonly<Record<string, string>>,
  watchdog: Watchdog,
): Promise<Response> {
  let url = job.url;
  for (let redirects = 0; redirects <= job.limits.redirectsMax; redirects += 1) {
    const response = await ask(job, url, headers, watchdog);
    if (!REDIRECTS.has(response.status)) return response;
    await response.body?.cancel();
    url = nextUrl(url, response.headers.get("Location"));
  }
  throw new DownloadFailure("redirect", `more than ${job.limits.redirectsMax} redirects`, {
    hint: "open the address in a browser; a login page may be in the way",
  });
}

async function ask(
  job: FetchJob,
  url: URL,
  headers: Readonly<Record<string, string>>,
  watchdog: Watchdog,
): Promise<Response> {
  const proxy = requireUsableProxy(proxyFor(url, job.environment));
  const trust = url.protocol === "https:" ? readTrust(job.environment) : undefined;
  try {
    return await fetch(withoutLogin(url), {
      headers: {
        "User-Agent": `stigmer/${version}`,
        // An encoded body has other lengths and other ranges than the file.
        "Accept-Encoding": "identity",
        ...headers,
        ...(job.authorization?.origin === url.origin
          ? { [job.authorization.name]: job.authorization.value }
          : {}),
      },
      redirect: "manual",
      // A connection out of a pool may have died since.
      keepalive: false,
      signal: watchdog.signal,
      ...(proxy ? { proxy: proxy.href } : {}),
      ...(trust ? { tls: tlsOptions(trust) } : {}),
    });
  } catch (error) {
    watchdog.signal.throwIfAborted();
    throw networkFailure(error, trust?.trouble ?? []);
  }
}

/** Said in so many words, as NODE_TLS_REJECT_UNAUTHORIZED=0 would switch the check off. */
function tlsOptions({ ca }: Trust): { ca: string[]; rejectUnauthorized: true } {
  return { ca, rejectUnauthorized: true };
}

/** What is written into an address would be sent by `fetch` of its own accord, to a redirect's target too. */
function withoutLogin(url: URL): URL {
  const plain = new URL(url);
  plain.username = "";
  plain.password = "";
  return plain;
}

function requireUsableProxy(proxy: URL | undefined): URL | undefined {
  if (!proxy || proxy.protocol === "http:" || proxy.protocol === "https:") return proxy;
  const kind = proxy.protocol.replace(":", "");
  throw new DownloadFailure("proxy", `${kind} proxies are not supported: ${displayUrl(proxy)}`, {
    hint: "set HTTPS_PROXY to an http:// or https:// proxy, or list the host in NO_PROXY",
  });
}

function nextUrl(from: URL, location: string | null): URL {
  const to =
    location !== null && URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (!to) {
    throw new DownloadFailure("redirect", `${displayUrl(from)} redirects to nowhere`, {
      hint: "the mirror is set up wrongly",
    });
  }
  if (to.protocol === "https:" || (to.protocol === "http:" && from.protocol === "http:")) return to;
  throw new DownloadFailure("redirect", `${displayUrl(from)} redirects to ${displayUrl(to)}`, {
    hint: "a redirect must stay encrypted; on a guest network, log in first",
  });
}
