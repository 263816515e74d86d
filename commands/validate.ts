import { command } from "./define.ts";
import { fileArgument, loadManifests } from "./manifest.ts";

export const validate = command({
  details:
    "Needs no server. Each mistake is told with its file, line and column, what was expected and what was there. What is valid but can't run yet is a warning.",
  examples: ["stigmer validate -f workflow.yaml", "stigmer validate -f manifests/ --json"],
  args: { file: fileArgument },
  async run({ file }, terminal) {
    const manifests = await loadManifests(file, { runnable: false });
    const obstacles = manifests.flatMap(({ obstacle }) => obstacle?.issues ?? []);
    if (terminal.isJson) {
      const items = manifests.map(({ label, place }) => ({ name: label, ...place }));
      return terminal.printJson({ items, obstacles });
    }
    for (const { label } of manifests) terminal.print(`${label} ${terminal.style.green("valid")}`);
    for (const { file: name, line, column, message } of obstacles) {
      terminal.talk.warn(`${[name, line, column].join(":")}  it can't run yet: ${message}`);
    }
  },
});
