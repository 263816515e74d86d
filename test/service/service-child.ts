// A process of its own that runs one command of `stigmer service`, as the command line would.
import { service } from "../../commands/service.ts";
import { StigmerError } from "../../src/base/errors.ts";
import { findPlace } from "../../src/multicall/cli-tree.ts";
import { renderError } from "../../src/terminal/render-error.ts";
import { openTerminal } from "../../src/terminal/terminal.ts";

const [name = "", ...flags] = process.argv.slice(2);
const { command } = await findPlace(service, [name]);
const terminal = openTerminal(process, { json: flags.includes("--json"), quiet: false });
try {
  const status: unknown = await command.run?.({
    rawArgs: [],
    args: Object.assign(Object.create(null), { dryRun: flags.includes("--dry-run") }),
    cmd: command,
    data: terminal,
  });
  process.exit(typeof status === "number" ? status : 0);
} catch (error) {
  if (!(error instanceof StigmerError)) throw error;
  console.error(renderError(error, { color: false }));
  process.exit(1);
}
