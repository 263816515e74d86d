import { verifyRunners } from "../../src/release/list-runners.ts";
import { command } from "../define.ts";
import { homePaths } from "../home.ts";
import { formatRunners } from "./format-runners.ts";

export const verify = command({
  details: "Exits with 1 when one is not good. The next `stigmer server` replaces what it needs.",
  examples: ["stigmer runner verify"],
  run(_values, terminal) {
    const runners = verifyRunners(homePaths());
    const isGood = runners.every(({ verdict }) => verdict === "good");
    if (terminal.isJson) terminal.printJson({ good: isGood, runners });
    else terminal.print(formatRunners(runners, terminal));
    return isGood ? 0 : 1;
  },
});
