import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { places } from "../places.ts";
import { type TarballEntry, writeTarball } from "./tarball.ts";
import { findTarget, type Target } from "./targets.ts";

/** Each name that npm puts on the PATH; the program tells by it which part is meant. */
const COMMANDS = [
  "stigmer",
  "stigmer-server",
  "stigmer-workflow-runner",
  "stigmer-agent-runner",
] as const;
const LAUNCHER = ["launch.cjs", "find-binary.cjs"] as const;

export interface NpmRequest {
  readonly version: string;
  /** The compiled file of each target, by the target's name. */
  readonly binaries: ReadonlyMap<string, string>;
  /** The licences of what is in the compiled files. */
  readonly notices: string;
  readonly folder: string;
  /** Of every file inside. */
  readonly time: Date;
}

/**
 * Writes a package for each platform and `stigmer`, which depends on all of them optionally: npm installs the one that
 * fits. Gives the paths in the order in which they have to be published.
 */
export async function writeNpmPackages(request: NpmRequest): Promise<string[]> {
  const version = request.version.replace(/^v/, "");
  const paths: string[] = [];
  mkdirSync(request.folder, { recursive: true });
  const pack = async (manifest: Manifest, files: readonly TarballEntry[]): Promise<void> => {
    const path = join(request.folder, tarballName(manifest));
    await writeTarball(path, entriesOf(manifest, files), request.time);
    paths.push(path);
  };
  for (const [name, binary] of request.binaries) {
    await pack(platformManifest(findTarget(name), version), [
      ...platformFiles(name, binary),
      text("THIRD-PARTY.txt", request.notices),
    ]);
  }
  const platforms = [...request.binaries.keys()].map((name) => packageName(findTarget(name)));
  await pack(umbrellaManifest(version, platforms), umbrellaFiles());
  return paths;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly [field: string]: unknown;
}

function platformManifest(target: Target, version: string): Manifest {
  const { os, cpu, libc } = target.npm;
  return {
    name: packageName(target),
    version,
    description: `The program of stigmer for ${target.name}`,
    ...about,
    os: [os],
    cpu: [cpu],
    ...(libc !== undefined && { libc: [libc] }),
    // A program cannot be run out of the archive in which Yarn keeps packages.
    preferUnplugged: true,
  };
}

function umbrellaManifest(version: string, platforms: readonly string[]): Manifest {
  return {
    name: "stigmer",
    version,
    description: "AI agents and durable workflows from one file",
    ...about,
    keywords: ["agents", "ai", "durable", "mcp", "serverless-workflow", "workflows"],
    engines: { node: ">=18" },
    bin: Object.fromEntries(COMMANDS.map((command) => [command, `bin/${command}.cjs`])),
    optionalDependencies: Object.fromEntries(platforms.map((name) => [name, version])),
  };
}

const about = {
  license: "Apache-2.0",
  homepage: "https://github.com/stigmer/stigmer#readme",
  repository: { type: "git", url: "git+https://github.com/stigmer/stigmer.git" },
  publishConfig: { access: "public" },
};

function platformFiles(targetName: string, binary: string): TarballEntry[] {
  const readme = [
    `# The program of stigmer for ${targetName}`,
    "Install `stigmer`, which chooses this package where it fits: `npm install -g stigmer`.",
  ];
  return [
    text("README.md", `${readme.join("\n\n")}\n`),
    { name: "bin/stigmer", mode: 0o755, content: binary },
    // `stigmer upgrade` leaves a file alone that npm has to replace, and says this instead.
    text("bin/.stigmer-managed", "npm install -g stigmer@latest\n"),
  ];
}

function umbrellaFiles(): TarballEntry[] {
  const readme = readFileSync(join(places.root, "README.md"), "utf8");
  const launcher = LAUNCHER.map((name) =>
    text(name, readFileSync(join(import.meta.dir, "npm", name), "utf8")),
  );
  const commands = COMMANDS.map((command) => {
    const code = `#!/usr/bin/env node\nrequire("../launch.cjs").launch("${command}");\n`;
    return { name: `bin/${command}.cjs`, mode: 0o755, content: Buffer.from(code) };
  });
  return [text("README.md", readme), ...launcher, ...commands];
}

/** npm wants everything below one folder, which is called package. */
function entriesOf(manifest: Manifest, files: readonly TarballEntry[]): TarballEntry[] {
  const license = readFileSync(join(places.root, "LICENSE"), "utf8");
  const all = [
    text("package.json", `${JSON.stringify(manifest, undefined, 2)}\n`),
    text("LICENSE", license),
    ...files,
  ];
  return all.map(({ name, mode, content }) => ({ name: `package/${name}`, mode, content }));
}

function packageName({ npm }: Target): string {
  const suffix = npm.libc === "musl" ? "-musl" : "";
  return `@stigmer/cli-${npm.os}-${npm.cpu}${suffix}`;
}

/** As `npm pack` calls it. */
function tarballName({ name, version }: Manifest): string {
  return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
}

function text(name: string, content: string): TarballEntry {
  return { name, mode: 0o644, content: Buffer.from(content) };
}
