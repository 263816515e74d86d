import { PRACTICE_RELEASE_KEY } from "../../base/build-info.ts";
import { StigmerError } from "../../base/errors.ts";
import { isLoopback } from "../download/proxy.ts";
import type { Environment } from "../download/request.ts";
import { BASE_URL_VARIABLE, chosenBaseUrl } from "../download/source-url.ts";

/** Refuses where a signature would prove nothing. */
export function requireTrustedSource(releaseKey: string, environment: Environment): void {
  if (releaseKey === "") {
    throw new StigmerError(
      "not_permitted",
      "this build holds no release key, so it cannot tell a release from a forgery",
      { hint: "install a release once; it can upgrade itself from then on" },
    );
  }
  if (releaseKey !== PRACTICE_RELEASE_KEY || isClose(environment)) return;
  throw new StigmerError(
    "not_permitted",
    "this build trusts the practice key, with which anybody can sign: it takes releases only from this machine",
    {
      hint: `set ${BASE_URL_VARIABLE} to a folder (file:///…) or a server on 127.0.0.1, or install a published release`,
    },
  );
}

function isClose(environment: Environment): boolean {
  const base = chosenBaseUrl(environment);
  return base !== undefined && (base.protocol === "file:" || isLoopback(base));
}
