import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { BundledPackages } from "./bundled-packages.ts";
import { RUNTIME_VERSION } from "./targets.ts";

const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;
const RULE = "-".repeat(80);

/** The licences of everything that others wrote and a release holds, word for word, as most of them ask. */
export function renderNotices({ packages }: BundledPackages, root: string): string {
  const bun = readFileSync(join(root, "node_modules/bun-types/docs/project/license.mdx"), "utf8");
  const parts = packages.map(({ id, license, folder }) => ({
    title: `${id} (${license})`,
    text: readLicenses(folder) || `Its package names the licence ${license} and holds no text.`,
  }));
  const all = [{ title: `Bun ${RUNTIME_VERSION}, and what it links`, text: bun }, ...parts];
  return all.map(({ title, text }) => `${RULE}\n${title}\n\n${text.trim()}\n`).join("\n");
}

function readLicenses(folder: string): string {
  const names = readdirSync(folder).filter((name) => LICENSE_FILE.test(name));
  return names
    .toSorted()
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
}
