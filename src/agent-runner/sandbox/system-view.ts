import { readdirSync, realpathSync } from "node:fs";
import { join, relative } from "node:path";

/** Programs and what they need, to be read only. Homes, mounts and our own state are not in the sandbox at all. */
const SYSTEM_FOLDERS = [
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/opt",
  "/nix",
];
/** What programs read of /etc. The rest of it is settings of services, with their passwords and keys. */
const ETC = [
  "alternatives",
  "ca-certificates",
  "ca-certificates.conf",
  "fonts",
  "group",
  "localtime",
  "mime.types",
  "nsswitch.conf",
  "os-release",
  "passwd",
  "pki/ca-trust",
  "pki/tls/certs",
  "ssl/certs",
  "ssl/openssl.cnf",
  "timezone",
];
/** `ld.so.cache`, `java-21-openjdk`, `python3.13`: what there is differs from one machine to the next. */
const ETC_PATTERN = /^(?:ld\.so\.|java-\d|python\d)/;

/** Arguments that show the system to a program, and nothing of the private folders, wherever they lie. */
export function showSystem(privateFolders: readonly string[]): string[] {
  const shown = [...SYSTEM_FOLDERS, ...listEtc()];
  // Sorted, a folder comes before those in it, and so does not cover them.
  const hidden = shown
    .flatMap((folder) => privateFolders.flatMap((secret) => placeWithin(folder, secret) ?? []))
    .toSorted();
  return [
    ...shown.flatMap((folder) => ["--ro-bind-try", folder, folder]),
    ...hidden.flatMap((place) => ["--tmpfs", place]),
    ...hidden.flatMap((place) => ["--remount-ro", place]),
  ];
}

function listEtc(): string[] {
  const more = readdirSync("/etc").filter((name) => ETC_PATTERN.test(name));
  return [...ETC, ...more].map((name) => join("/etc", name));
}

/** Where a folder is seen when `shown` is: /usr/lib/x is in /lib too where that is a link to it. */
function placeWithin(shown: string, secret: string): string | undefined {
  const from = realPath(shown);
  const to = realPath(secret);
  if (from === undefined || to === undefined) return undefined;
  const rest = relative(from, to);
  return rest === ".." || rest.startsWith("../") ? undefined : join(shown, rest);
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    // What is not there shows nothing.
    return undefined;
  }
}
