import { command } from "../define.ts";
import { homePaths } from "../home.ts";

export const path = command({
  details: 'The file need not be there: it is made by the first "stigmer config set".',
  examples: ["stigmer config path"],
  run(_values, terminal) {
    const { config } = homePaths();
    if (terminal.isJson) terminal.printJson({ path: config });
    else terminal.print(config);
  },
});
