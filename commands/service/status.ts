import { readService } from "../../src/supervisor/service/service.ts";
import { command } from "../define.ts";
import { ownService } from "./own-service.ts";

/** As service managers answer (LSB). */
const RUNNING = 0;
const UNHEALTHY = 1;
const NOT_RUNNING = 3;

export const status = command({
  details:
    "The exit status is 0 when the service runs, 3 when it does not, and 1 when something is wrong with it.\n" +
    "How the server itself is, `stigmer server status` tells.",
  examples: ["stigmer service status", "stigmer service status --json"],
  async run(_values, terminal) {
    const { manager, definition } = ownService();
    const report = await readService(manager, definition);
    const { isInstalled, isEnabled, isActive, problems, ...others } = report;
    const exitStatus = problems.length > 0 ? UNHEALTHY : isActive ? RUNNING : NOT_RUNNING;
    if (terminal.isJson) {
      const state = { installed: isInstalled, enabled: isEnabled, active: isActive };
      terminal.printJson({ ...state, ...others, problems });
      return exitStatus;
    }
    if (!isInstalled && problems.length === 0) {
      terminal.print("no service is installed");
      return exitStatus;
    }
    terminal.print(`service of ${report.manager} ${isActive ? "running" : "not running"}`);
    if (report.pid !== undefined) terminal.print(`  pid    ${report.pid}`);
    terminal.print(`  login  ${isEnabled ? "starts it" : "does not start it"}`);
    terminal.print(`  file   ${report.file}`);
    for (const problem of problems) terminal.talk.warn(problem);
    return exitStatus;
  },
});
