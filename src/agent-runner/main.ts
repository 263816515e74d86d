import { version } from "../base/build-info.ts";

/** Nothing heavy is imported before it is known what is wanted: `--version` is asked at every start. */
const [first, second, ...rest] = process.argv.slice(2);

if (first === "--version" && second === undefined) {
  process.stdout.write(`agent-runner ${version}\n`);
} else if (first === "--help" && second === undefined) {
  const { default: help } = await import("./help.txt", { with: { type: "text" } });
  process.stdout.write(help);
} else if (first === undefined) {
  await run(undefined);
} else if (first === "--socket" && second !== undefined && rest.length === 0) {
  await run(second);
} else {
  process.stderr.write(
    `agent-runner: can't understand "${process.argv.slice(2).join(" ")}"; try agent-runner --help\n`,
  );
  process.exitCode = 2;
}

async function run(socket: string | undefined): Promise<void> {
  const { runUntilStopped } = await import("./service.ts");
  process.exit(await runUntilStopped(socket, process.env));
}
