import { StigmerError } from "../base/errors.ts";
import { isReleaseVersion } from "../base/release-version.ts";

/** What a build says about itself; the same commit gives the same facts on every machine. */
export interface BuildFacts {
  readonly version: string;
  readonly commit: string;
  /** Time of the commit, RFC 3339 in UTC. */
  readonly time: string;
}

/** The version is `dev` unless VERSION asks for a release. */
export function readBuildFacts(environment: Record<string, string | undefined>): BuildFacts {
  const commit = git("rev-parse", "--short=12", "HEAD");
  const changes = git("status", "--porcelain");
  const time = git("log", "-1", "--format=%cI");
  return {
    version: toVersion(environment["VERSION"]),
    commit: commit === "" ? "unknown" : `${commit}${changes === "" ? "" : "-changed"}`,
    time: time === "" ? "unknown" : new Date(time).toISOString(),
  };
}

/** The time that everything in a release carries: never that of the build. */
export function commitTimeOf({ time }: Pick<BuildFacts, "time">): Date {
  return new Date(time === "unknown" ? 0 : time);
}

function toVersion(asked: string | undefined): string {
  if (!asked) return "dev";
  if (isReleaseVersion(asked)) return asked;
  throw new StigmerError("usage", `VERSION is "${asked}", which is not a version`, {
    hint: "write it like v1.2.3",
  });
}

/** Empty where git is missing or this is no checkout: a source archive builds too. */
function git(...args: string[]): string {
  try {
    const result = Bun.spawnSync(["git", ...args], { stderr: "ignore" });
    return result.success ? result.stdout.toString().trim() : "";
  } catch {
    return "";
  }
}
