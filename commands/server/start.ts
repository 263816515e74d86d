import { becomeServer } from "../../src/supervisor/foreground.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { launch, prepareStart, serverArguments } from "./launch.ts";
import { requireOwnServer } from "./report.ts";

export const start = command({
  details:
    "Where one runs already, it says where and leaves it alone. Ctrl-C before it is ready stops it again.",
  examples: [
    "stigmer server",
    "stigmer server start --port 8080",
    "stigmer server start --llm-provider ollama --llm-model qwen3:8b",
    "stigmer server start --foreground",
  ],
  args: {
    foreground: {
      type: "boolean",
      description: "Stay in the foreground, as a service manager wants it",
    },
    ...serverArguments,
  },
  async run({ foreground, ...flags }, terminal) {
    requireOwnServer(flags);
    const paths = homePaths();
    const prepared = prepareStart(paths, flags, terminal);
    if (foreground) becomeServer(paths, prepared);
    return launch({ paths, start: prepared, timeout: flags.timeout }, terminal);
  },
});
