import { lstatSync } from "node:fs";

import { StigmerError } from "../../base/errors.ts";
import { askBuild, type Build } from "./ask-build.ts";
import { exchange } from "./exchange.ts";
import { type Installation, ownInstallation, requireOwnFile } from "./installation.ts";
import { giveSecondName } from "./program-files.ts";
import { isReplacedByWanted } from "./replaced-meanwhile.ts";
import { type LockOptions, underUpgradeLock } from "./upgrade-lock.ts";
import type { UpgradeOutcome } from "./upgrade.ts";

/** Puts the file back that was in use before; the one in use now is kept in its place. */
export async function rollbackProgram(options: LockOptions): Promise<UpgradeOutcome> {
  const installation = ownInstallation();
  requireOwnFile(installation);
  return underUpgradeLock(installation, options, async () => {
    const { path, fresh, previous, version } = installation;
    await isReplacedByWanted(installation, undefined);
    const build = await requirePrevious(installation);
    giveSecondName(previous, fresh);
    await exchange(installation, build);
    return { isChanged: true, from: version, to: build.version, path };
  });
}

async function requirePrevious({ previous, folder, target }: Installation): Promise<Build> {
  const found = lstatSync(previous, { throwIfNoEntry: false });
  if (!found) {
    throw new StigmerError("not_found", `there is no ${previous} to go back to`, {
      hint: "name the version that you want: stigmer upgrade --version v1.2.3",
    });
  }
  const answer = found.isFile()
    ? await askBuild(previous, folder)
    : { trouble: "it is not a regular file" };
  const trouble =
    "trouble" in answer
      ? answer.trouble
      : answer.target === target
        ? undefined
        : `it is for ${answer.target}`;
  if (!("trouble" in answer) && trouble === undefined) return answer;
  throw new StigmerError("failed", `${previous} does not work: ${trouble}`, {
    hint: "name the version that you want: stigmer upgrade --version v1.2.3",
  });
}
