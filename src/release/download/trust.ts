import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { getCACertificates } from "node:tls";

import { systemCodeOf } from "../../base/errors.ts";
import type { Environment } from "./request.ts";

const BUNDLE_VARIABLES = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"];
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Whose certificates are believed. */
export interface Trust {
  readonly ca: string[];
  /** What could not be read: told only when a server is not trusted, as most often nothing was missing. */
  readonly trouble: readonly string[];
}

/**
 * The authorities that Bun ships, those of the operating system, where a company puts its own, and those in the files
 * that people name for other tools. Each adds to the others: the digest is what vouches for the bytes.
 */
export function readTrust(environment: Environment): Trust {
  const named = BUNDLE_VARIABLES.map((variable) => readBundle(variable, environment[variable]));
  const ca = [
    ...getCACertificates("bundled"),
    ...getCACertificates("system"),
    ...named.flatMap((bundle) => bundle.ca),
  ];
  return { ca: [...new Set(ca)], trouble: named.flatMap((bundle) => bundle.trouble) };
}

function readBundle(variable: string, path: string | undefined): Trust {
  if (!path) return { ca: [], trouble: [] };
  try {
    const ca = readFileSync(path, "utf8").match(CERTIFICATE)?.filter(isCertificate) ?? [];
    const trouble = ca.length > 0 ? [] : [`${variable} names ${path}, which has no certificate`];
    return { ca, trouble };
  } catch (error) {
    const reason = systemCodeOf(error) ?? "unreadable";
    return { ca: [], trouble: [`${variable} names ${path}, which cannot be read (${reason})`] };
  }
}

/** One that is none would make every connection fail without a reason. */
function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}
