import { fileArgument } from "./apply.ts";
import { command } from "./define.ts";
import { loadManifests } from "./manifest.ts";

export const validate = command({
  details:
    "Needs no server. Each mistake is told with its file, line and column, what was expected and what was there.",
  examples: ["stigmer validate -f workflow.yaml", "stigmer validate -f manifests/ --json"],
  args: {
    file: { ...fileArgument, description: "A file, a folder of .yaml files, or standard input" },
  },
  async run({ file }, terminal) {
    const manifests = await loadManifests(file);
    if (terminal.isJson) {
      terminal.printJson({
        items: manifests.map(({ label, place }) => ({ name: label, ...place })),
      });
      return;
    }
    for (const { label } of manifests) terminal.print(`${label} ${terminal.style.green("valid")}`);
  },
});
