import { StigmerError } from "../../base/errors.ts";
import { askBuild } from "./ask-build.ts";
import { type Installation, requireThere } from "./installation.ts";

/**
 * Whether another process has put the wanted version there since this one started; any other change is a mistake to
 * build on. Asked under the lock.
 */
export async function isReplacedByWanted(
  installation: Installation,
  wanted: string | undefined,
): Promise<boolean> {
  requireThere(installation);
  const { path, folder, version } = installation;
  const now = await askBuild(path, folder);
  if (!("trouble" in now) && now.version === wanted) return true;
  if (!("trouble" in now) && now.version === version) return false;
  const fate =
    "trouble" in now ? `does not work any more: ${now.trouble}` : `is ${now.version} now`;
  throw new StigmerError("conflict", `${path} was replaced while this program ran: it ${fate}`, {
    hint: "run the command again; where it does not start, install stigmer again",
  });
}
