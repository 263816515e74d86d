import { uninstallService } from "../../src/supervisor/service/service.ts";
import { command } from "../define.ts";
import { ownService } from "./own-service.ts";

export const uninstall = command({
  details:
    "Removes the file that `stigmer service install` wrote, and nothing else: all data stays.",
  examples: ["stigmer service uninstall"],
  async run(_values, terminal) {
    const { manager } = ownService();
    const removed = await uninstallService(manager);
    if (terminal.isJson) return terminal.printJson({ removed, file: manager.file });
    return terminal.print(
      removed ? `service removed from ${manager.file}` : "no service is installed",
    );
  },
});
