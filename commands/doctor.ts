import { command } from "./define.ts";
import { describeFinding } from "./doctor/describe-finding.ts";
import { checkHome } from "./doctor/home.ts";
import { checkPrograms, checkRunners, checkSandbox } from "./doctor/installation.ts";
import { checkServer } from "./doctor/server.ts";
import { checkClock, checkLocks, checkNetwork } from "./doctor/surroundings.ts";
import { homePaths } from "./home.ts";

export const doctor = command({
  details: "It changes nothing. The exit status is 1 when something will not work.",
  examples: ["stigmer doctor", "stigmer doctor --json"],
  async run(_values, terminal) {
    const paths = homePaths();
    const findings = [
      ...checkPrograms(process.env),
      ...checkHome(paths),
      checkClock(paths, Date.now()),
      ...checkLocks(paths),
      ...checkRunners(paths),
      ...(await checkServer(paths)),
      ...checkNetwork(process.env),
      await checkSandbox(process.env),
    ];
    const isWell = findings.every(({ level }) => level !== "problem");
    if (terminal.isJson) terminal.printJson({ well: isWell, findings });
    else for (const finding of findings) terminal.print(describeFinding(finding, terminal));
    return isWell ? 0 : 1;
  },
});
