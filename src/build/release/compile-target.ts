import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import type { BuildMetafile } from "bun";

import { StigmerError } from "../../base/errors.ts";
import { sha256Hex } from "../../base/sha256.ts";
import type { BuildFacts } from "../build-facts.ts";
import { compileBinary } from "../compile-binary.ts";
import { places } from "../places.ts";
import { checkPageHashes, signAdHoc } from "./code-signature.ts";
import { describeMachine } from "./machine.ts";
import { obtainRuntime } from "./runtimes.ts";
import { isForMacOs, type Target } from "./targets.ts";

/** Compiles the file of one target, and looks at what came out before anybody gets it. */
export async function compileTarget(options: {
  readonly facts: BuildFacts;
  readonly target: Target;
  readonly runner: string;
  readonly outfile: string;
  readonly releaseKey: string;
}): Promise<BuildMetafile> {
  const { facts, target, runner, outfile, releaseKey } = options;
  const runtime = await obtainRuntime(target, places.runtimes);
  requireMachine(runtime, target);
  mkdirSync(dirname(outfile), { recursive: true });
  const metafile = await compileBinary({
    facts,
    entry: places.entry,
    runner,
    outfile,
    release: { target, runtime, releaseKey },
  });
  if (isForMacOs(target)) ensureSignature(outfile);
  checkProduct(outfile, target, runner);
  return metafile;
}

/**
 * Bun signs what it compiles for arm64, and leaves in a file for amd64 the signature of the Bun that it began with, which
 * covers the wrong bytes.
 */
function ensureSignature(path: string): void {
  const file = readFileSync(path);
  if (hasGoodSignature(file, path)) return;
  const signed = signAdHoc(file, path, "stigmer");
  checkPageHashes(signed, path);
  writeFileSync(path, signed);
}

function hasGoodSignature(file: Buffer, path: string): boolean {
  try {
    return checkPageHashes(file, path) > 0;
  } catch (error) {
    if (error instanceof StigmerError) return false;
    throw error;
  }
}

/** What is true of every file that leaves: made for its target, with the agent-runner and the digest that belong together. */
function checkProduct(path: string, target: Target, runner: string): void {
  requireMachine(path, target);
  const product = readFileSync(path);
  const embedded = readFileSync(runner);
  if (product.indexOf(embedded) === -1) {
    throw new StigmerError("failed", `${path} does not hold the agent-runner ${runner}`);
  }
  if (product.indexOf(sha256Hex(embedded)) === -1) {
    throw new StigmerError("failed", `${path} does not know the digest of its agent-runner`);
  }
}

function requireMachine(path: string, target: Target): void {
  const machine = describeMachine(path);
  if (machine === target.machine) return;
  throw new StigmerError("failed", `${path} is for ${machine} and not for ${target.machine}`);
}
