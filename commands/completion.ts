import { StigmerError } from "../src/base/errors.ts";
import bash from "./completion/bash.txt" with { type: "text" };
import fish from "./completion/fish.txt" with { type: "text" };
import zsh from "./completion/zsh.txt" with { type: "text" };
import { command } from "./define.ts";

const scripts = new Map([
  ["bash", bash],
  ["zsh", zsh],
  ["fish", fish],
]);

export const completion = command({
  details: "The script asks stigmer itself at each TAB, so it fits every later version too.",
  examples: [
    "source <(stigmer completion bash)",
    "stigmer completion fish > ~/.config/fish/completions/stigmer.fish",
  ],
  args: {
    shell: {
      type: "positional",
      description: "bash, zsh or fish",
      candidates: () => [...scripts.keys()],
    },
  },
  run({ shell }, terminal) {
    const script = scripts.get(shell);
    if (script === undefined) throw unknownShell(shell);
    terminal.print(script.trimEnd());
  },
});

function unknownShell(shell: string): StigmerError {
  return new StigmerError("usage", `"${shell}" is not a shell that can be completed for`, {
    hint: "choose bash, zsh or fish",
  });
}
