import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { z } from "zod";

import { readFromTarball } from "../../src/build/release/tarball.ts";

const Manifest = z.looseObject({ name: z.string(), version: z.string() });

export interface NpmRegistry {
  readonly url: string;
  /** The tarballs that somebody fetched, by name. */
  readonly fetched: string[];
  stop(): Promise<void>;
}

/** A registry of npm packages on loopback: each tarball is one version of one package. */
export async function startNpmRegistry(tarballs: readonly string[]): Promise<NpmRegistry> {
  const fetched: string[] = [];
  const documents = new Map<string, unknown>();
  const files = new Map(tarballs.map((path) => [`/-/${basename(path)}`, path]));
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => {
      const path = decodeURIComponent(new URL(request.url).pathname);
      const file = files.get(path);
      if (file !== undefined) {
        fetched.push(basename(file));
        return new Response(Bun.file(file));
      }
      const found = documents.get(path.slice(1));
      return found ? Response.json(found) : Response.json({ error: "not found" }, { status: 404 });
    },
  });
  const url = `http://127.0.0.1:${server.port}`;
  for (const path of tarballs) {
    const manifest = await readManifest(path);
    const integrity = `sha512-${createHash("sha512").update(readFileSync(path)).digest("base64")}`;
    const dist = { tarball: `${url}/-/${basename(path)}`, integrity };
    documents.set(manifest.name, {
      name: manifest.name,
      "dist-tags": { latest: manifest.version },
      versions: { [manifest.version]: { ...manifest, dist } },
    });
  }
  return { url, fetched, stop: () => server.stop(true) };
}

export async function readManifest(path: string): Promise<z.infer<typeof Manifest>> {
  const bytes = await readFromTarball(path, "package/package.json");
  return Manifest.parse(JSON.parse(Buffer.from(bytes ?? []).toString()));
}
