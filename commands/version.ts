import { buildTime, commit, target, version as number } from "../src/base/build-info.ts";
import { command } from "./define.ts";

export const version = command({
  details: "The version is the second word; --json tells also when it was built.",
  examples: ["stigmer version", "stigmer version --json"],
  run(_values, terminal) {
    const build = { version: number, commit, builtAt: buildTime, bun: Bun.version, target };
    if (terminal.isJson) terminal.printJson(build);
    else
      terminal.print(`stigmer ${number} (${commit.slice(0, 12)}, ${target}, bun ${Bun.version})`);
  },
});
