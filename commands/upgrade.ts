import { releaseKey } from "../src/base/build-info.ts";
import { StigmerError } from "../src/base/errors.ts";
import { readDownloadLimits } from "../src/release/download-limits.ts";
import { rollbackProgram } from "../src/release/upgrade/rollback.ts";
import { checkUpgrade, upgradeProgram } from "../src/release/upgrade/upgrade.ts";
import { parseVersion } from "../src/release/upgrade/version.ts";
import { command } from "./define.ts";
import { homePaths } from "./home.ts";
import { offlineFlag, releaseEnvironment } from "./runner/environment.ts";
import { showingDownload } from "./runner/show-download.ts";
import { reportCheck, reportOutcome } from "./upgrade/report.ts";
import { restartServer, warnOfOldServer } from "./upgrade/restart-server.ts";

export const upgrade = command({
  details:
    "Downloads the newest release, checks its signature and tries it before it takes this program's place. The earlier file is kept beside it, for --rollback. A server that runs is started again with the new version; its runs go on.",
  examples: [
    "stigmer upgrade",
    "stigmer upgrade --check",
    "stigmer upgrade --version v1.2.3",
    "stigmer upgrade --rollback",
  ],
  args: {
    version: {
      type: "string",
      valueHint: "VERSION",
      description: "This release instead of the newest, also an older one",
    },
    check: { type: "boolean", description: "Only tell whether there is a newer release" },
    rollback: { type: "boolean", description: "Go back to the file that was in use before" },
    offline: offlineFlag,
  },
  async run(values, terminal) {
    requireOneWish(values);
    const paths = homePaths();
    const environment = releaseEnvironment(values.offline);
    const onNotice = (message: string): void => terminal.talk.info(message);
    const version = values.version === undefined ? undefined : parseVersion(values.version);
    const limits = readDownloadLimits(environment);
    const source = { environment, onNotice, releaseKey, version, limits };
    if (values.check) return reportCheck(await checkUpgrade(source), terminal);
    const outcome = values.rollback
      ? await rollbackProgram(source)
      : await showingDownload(terminal, onNotice, (shown) =>
          upgradeProgram({ ...source, paths, ...shown }),
        );
    const server = outcome.isChanged ? await restartServer(paths, outcome, terminal) : undefined;
    reportOutcome(outcome, server, terminal);
    if (!outcome.isChanged) warnOfOldServer(paths, outcome.to, terminal);
  },
});

function requireOneWish(values: {
  version?: string | undefined;
  check: boolean;
  rollback: boolean;
}): void {
  if (!values.rollback || (!values.check && values.version === undefined)) return;
  const other = values.check ? "--check" : "--version";
  throw new StigmerError("usage", `"--rollback" and "${other}" do not go together`, {
    hint: "--rollback goes back to the one file that is kept; --version takes any release",
  });
}
