import { formatTable } from "../../src/terminal/table.ts";
import { command } from "../define.ts";
import { listedValue, loadSettings, showSetting } from "../settings.ts";

export const list = command({
  details: "Secrets are not shown, only whether they are set.",
  examples: ["stigmer config list", "stigmer config list --json"],
  run(_values, terminal) {
    const { entries } = loadSettings();
    if (terminal.isJson) {
      const items = entries.map((entry) => {
        return { ...entry, value: listedValue(entry), isSet: entry.value !== undefined };
      });
      return terminal.printJson({ items });
    }
    const rows = entries.map((entry) => [
      entry.key,
      showSetting(entry),
      entry.from ?? entry.origin,
    ]);
    return terminal.print(formatTable(["KEY", "VALUE", "SET BY"], rows, terminal));
  },
});
