import type { Terminal } from "../../src/terminal/terminal.ts";
import { createLiveView } from "./live-view.ts";
import { createPlainView } from "./plain-view.ts";
import { type RunView, silentView } from "./view.ts";

/** The view that suits where stderr goes. */
export function viewFor(terminal: Terminal): RunView {
  if (terminal.isQuiet) return silentView;
  return terminal.screen.isInteractive
    ? createLiveView(terminal.screen)
    : createPlainView(terminal);
}
