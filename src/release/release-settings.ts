import { StigmerError } from "../base/errors.ts";

type Environment = Record<string, string | undefined>;

/** What a user may say about the installation of agent-runners. Nothing here can switch a check off. */
export interface ReleaseSettings {
  /** A copy that somebody put on this machine. */
  readonly bundle: string | undefined;
  readonly lockTimeoutMs: number;
}

export function readReleaseSettings(environment: Environment): ReleaseSettings {
  return {
    bundle: environment["STIGMER_RUNNER_BUNDLE"] || undefined,
    lockTimeoutMs: readSeconds(environment, "STIGMER_LOCK_TIMEOUT", 300) * 1_000,
  };
}

function readSeconds(environment: Environment, name: string, standard: number): number {
  const text = environment[name];
  if (!text) return standard;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw new StigmerError("usage", `${name} is "${text}", which is no number of seconds`, {
    hint: `write it like ${name}=${standard}`,
  });
}
