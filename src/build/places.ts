import { join } from "node:path";

const root = join(import.meta.dir, "../..");

/** Where the sources are and where what is built goes. */
export const places = {
  root,
  entry: join(root, "src/multicall/main.ts"),
  runnerEntry: join(root, "src/agent-runner/main.ts"),
  runner: join(root, "dist/agent-runner"),
  binary: join(root, "dist/stigmer"),
  testBinary: join(root, "dist/test/stigmer"),
  runtimes: join(root, ".tools/runtimes"),
  releaseKey: join(root, "embed/release-key.pub"),
  releases: join(root, "dist/release"),
  npmPackages: join(root, "dist/npm"),
} as const;

/** One line that tells what a step of make did. */
export function say(...words: string[]): void {
  process.stdout.write(`${words.join("  ")}\n`);
}
