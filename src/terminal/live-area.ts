import { cutToWidth } from "./plain-text.ts";
import type { Screen } from "./terminal.ts";

const ESCAPE = "\u001B[";
/** Terminals that know it show what lies between the two at once; others ignore it. */
const HOLD = `${ESCAPE}?2026h`;
const SHOW = `${ESCAPE}?2026l`;

/** A few lines at the bottom of the terminal that are redrawn in place, under lines that stay. */
export interface LiveArea {
  /**
   * Replaces the lines of the area, and puts `kept` above it, where they stay. What does not fit on the screen is left
   * out from the top.
   */
  draw(lines: readonly string[], kept?: readonly string[]): void;
  /** Takes the area away. */
  clear(): void;
}

export function createLiveArea(screen: Screen): LiveArea {
  let shown: readonly string[] = [];
  const draw = (lines: readonly string[], kept: readonly string[] = []): void => {
    const fitting = lines
      .slice(-Math.max(1, screen.rows - 2))
      .map((line) => cutToWidth(line, screen.columns - 1));
    if (kept.length === 0 && fitting.join("\n") === shown.join("\n")) return;
    const up = shown.length === 0 ? "" : `${ESCAPE}${shown.length}A`;
    const text = [...kept, ...fitting].map((line) => `${line}\n`).join("");
    screen.write(`${HOLD}${up}\r${ESCAPE}0J${text}${SHOW}`);
    shown = fitting;
  };
  return { draw, clear: () => draw([]) };
}
