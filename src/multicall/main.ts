import { keepLoopbackDirect } from "../base/process-environment.ts";
import { loadProgram, readInvocation } from "./programs.ts";

keepLoopbackDirect(process.env);

try {
  const { program, args } = readInvocation(process.argv0, process.argv.slice(2));
  const run = await loadProgram(program);
  process.exit(await run(args));
} catch (error) {
  const { reportFailure } = await import("./report-failure.ts");
  process.exit(reportFailure(error, process.env, process.argv.slice(2)));
}
