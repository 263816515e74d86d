import { pruneRunners } from "../../src/release/prune-runners.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";

export const prune = command({
  details:
    "Keeps the current, the previous and the chosen one, and whatever a running process uses.",
  examples: ["stigmer runner prune"],
  async run(_values, terminal) {
    const removed = await pruneRunners(homePaths(), {
      onProgress: (message) => terminal.talk.info(message),
    });
    if (terminal.isJson) terminal.printJson({ removed });
    else terminal.print(removed.length === 0 ? "nothing to remove" : removed.join("\n"));
  },
});
