import { z } from "zod";

/** Where a copy of the agent-runner came from. `local` and `file` were chosen by a person. */
export const RunnerSource = z.enum(["embedded", "bundle", "cache", "download", "local", "file"]);
export type RunnerSource = z.infer<typeof RunnerSource>;

/** What makes an agent-runner the right one. */
export interface RunnerExpectation {
  readonly version: string;
  readonly sha256: string;
  readonly size: number;
}

/** The copy inside this binary; its digest and size were compiled in beside it. */
export interface EmbeddedRunner {
  readonly file: string;
  readonly sha256: string;
  readonly size: number;
}

/** What this build knows of itself. */
export interface RunnerBuild {
  readonly version: string;
  readonly target: string;
  readonly embedded: EmbeddedRunner;
}

/** An agent-runner that was found good just now. */
export interface RunnerFile {
  readonly path: string;
  readonly version: string;
  readonly sha256: string;
  readonly source: RunnerSource;
  /** The command by which a person chose it, instead of the one of this build. */
  readonly chosenBy?: string;
}

/** By which command a chosen runner came to be: what is of a build itself can only have been gone back to. */
export function chooserOf(source: RunnerSource): string {
  if (source === "local") return "make install-agent-runner";
  return source === "file" ? "stigmer runner install" : "stigmer runner rollback";
}

export function expectationOf({ version, embedded }: RunnerBuild): RunnerExpectation {
  return { version, sha256: embedded.sha256, size: embedded.size };
}
