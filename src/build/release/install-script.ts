import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The parts of install.sh, in the order in which they are read. */
const PARTS = [
  "main",
  "settings",
  "platform",
  "place",
  "fetch",
  "download",
  "verify",
  "ask",
  "finish",
  "uninstall",
];

const HEAD = `#!/bin/sh
# Installs stigmer for the user who runs it: no root, no package manager, nothing outside one folder.
#
#   curl -fsSL https://github.com/stigmer/stigmer/releases/latest/download/install.sh | sh
#
# Each release has its own copy of this script, with the SHA-256 of its files: who trusts the script need not trust the
# server that the files come from. \`--help\` names the variables that change what it does.

# Within braces a shell reads all before it runs anything, so that half of this script does nothing.
{
`;

/** The installer of one release: it holds the digest of each platform's file, and believes nobody else about them. */
export function renderInstallScript(release: {
  readonly version: string;
  /** SHA-256 by the name of the asset; those that the installer never fetches are left out. */
  readonly digests: ReadonlyMap<string, string>;
}): string {
  const { version, digests } = release;
  const sums = [...digests]
    .filter(([name]) => name.startsWith(`stigmer-${version}-`) && name.endsWith(".tar.gz"))
    .map(([name, sha256]) => `${requireDigest(sha256, name)}  ${name}`)
    .toSorted();
  const known = [
    `baked_version='${requireVersion(version)}'`,
    `baked_digests='${sums.join("\n")}'`,
    "releases='https://github.com/stigmer/stigmer/releases'",
  ];
  const parts = PARTS.map((name) =>
    readFileSync(join(import.meta.dir, "install", `${name}.sh`), "utf8"),
  );
  return `${HEAD}${[known.join("\n"), ...parts.map((part) => part.trim())].join("\n\n")}\n\nmain "$@"\n}\n`;
}

/** Both become words of a shell, so that nothing but these letters may be in them. */
function requireVersion(version: string): string {
  if (/^v\d+\.\d+\.\d+[-+.0-9A-Za-z]*$/.test(version)) return version;
  throw new Error(`install.sh cannot be made for the version "${version}"`);
}

function requireDigest(sha256: string, name: string): string {
  if (/^[0-9a-f]{64}$/.test(sha256) && /^[-+.0-9A-Za-z]+$/.test(name)) return sha256;
  throw new Error(`install.sh cannot be made with "${sha256}" as the SHA-256 of "${name}"`);
}
