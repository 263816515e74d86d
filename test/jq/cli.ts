import { jq } from "../../commands/jq.ts";
import { StigmerError } from "../../src/base/errors.ts";
import { OutputClosed } from "../../src/terminal/output.ts";

/** `stigmer jq` by itself, as the binary runs it. */
const rawArgs = process.argv.slice(2);
try {
  const status: unknown = await jq.run?.({
    rawArgs,
    args: Object.assign(Object.create(null), { _: rawArgs }),
    cmd: jq,
  });
  process.exit(typeof status === "number" ? status : 0);
} catch (error) {
  if (error instanceof OutputClosed) process.exit(0);
  if (!(error instanceof StigmerError)) throw error;
  console.error(`${error.message}\n${error.hint ?? ""}`);
  process.exit(error.code === "usage" ? 2 : 1);
}
