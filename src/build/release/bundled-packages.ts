import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

import type { BuildMetafile } from "bun";
import { z } from "zod";

import { StigmerError } from "../../base/errors.ts";

const Manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
});
/** Of each line of `bun.lock` what it was resolved to, and the integrity that stands last. */
const Lock = z.object({
  packages: z.record(z.string(), z.tuple([z.string()], z.unknown())),
});
const PACKAGE_FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/** A package of which something is in a file that people get. */
export interface BundledPackage {
  /** `name@version`. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly integrity: string;
  /** Where it is installed. */
  readonly folder: string;
  /** The ids of the bundled packages that it imports. */
  readonly imports: readonly string[];
}

export interface BundledPackages {
  readonly packages: readonly BundledPackage[];
  /** Those that our own sources import. */
  readonly direct: readonly string[];
}

/**
 * The packages that really went in, from what the bundler wrote down: what a package asks for and nothing uses is not
 * shipped, and what is shipped cannot be left out.
 */
export function readBundledPackages(
  metafiles: readonly BuildMetafile[],
  root: string,
): BundledPackages {
  const folders = new Set(metafiles.flatMap(shippedFiles).map(folderOf).filter(Boolean));
  const manifests = new Map([...folders].map((folder) => [folder, readManifest(folder)]));
  const imports = importsBetween(metafiles, folders);
  const idOf = (folder: string): string => toId(manifests.get(folder));
  const importsOf = (folder: string): string[] =>
    [...(imports.get(folder) ?? [])].map(idOf).toSorted();
  const integrities = readIntegrities(join(root, "bun.lock"));
  const packages = [...manifests].map(([folder, manifest]) => ({
    id: toId(manifest),
    name: manifest.name,
    version: manifest.version,
    license: requireField(manifest.license, manifest, "licence in its package.json"),
    integrity: requireField(integrities.get(toId(manifest)), manifest, "integrity in bun.lock"),
    folder: resolve(folder),
    imports: importsOf(folder),
  }));
  return {
    packages: packages.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    direct: importsOf(""),
  };
}

/** Bundled files are named from where the build ran. */
function shippedFiles(metafile: BuildMetafile): string[] {
  return Object.values(metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  );
}

/** Empty for a file of our own. */
function folderOf(path: string): string {
  return PACKAGE_FOLDER.exec(path)?.[0] ?? "";
}

function importsBetween(
  metafiles: readonly BuildMetafile[],
  folders: ReadonlySet<string>,
): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  for (const [path, input] of metafiles.flatMap(({ inputs }) => Object.entries(inputs))) {
    const from = folderOf(path);
    const own = all.get(from) ?? new Set();
    all.set(from, own);
    for (const { path: imported, entryPoint } of input.imports) {
      const to = folderOf(entryPoint ?? imported);
      if (to !== from && folders.has(to)) own.add(to);
    }
  }
  return all;
}

function readManifest(folder: string): z.infer<typeof Manifest> {
  const path = resolve(folder, "package.json");
  const parsed = Manifest.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (parsed.success) return parsed.data;
  throw new StigmerError("failed", `${relative("", path)} is not the manifest of a package`, {
    cause: parsed.error,
  });
}

function readIntegrities(path: string): Map<string, string> {
  const lock = Lock.parse(Bun.JSONC.parse(readFileSync(path, "utf8")));
  return new Map(
    Object.values(lock.packages).flatMap(([id, ...rest]) => {
      const integrity = rest.at(-1);
      return typeof integrity === "string" ? [[id, integrity] as const] : [];
    }),
  );
}

function toId(manifest: { name: string; version: string } | undefined): string {
  if (!manifest) throw new Error("unreachable: a package that was bundled and not read");
  return `${manifest.name}@${manifest.version}`;
}

function requireField(
  value: string | undefined,
  { name, version }: { name: string; version: string },
  what: string,
): string {
  if (value) return value;
  throw new StigmerError("failed", `${name}@${version} is bundled but has no ${what}`, {
    hint: "without it nobody can say what the release holds: see what the package says about itself",
  });
}
