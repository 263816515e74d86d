import { listRunners } from "../../src/release/list-runners.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { formatRunners } from "./format-runners.ts";

export const list = command({
  examples: ["stigmer runner list", "stigmer runner list --json"],
  run(_values, terminal) {
    const runners = listRunners(homePaths());
    if (terminal.isJson) terminal.printJson({ runners });
    else terminal.print(formatRunners(runners, terminal));
  },
});
