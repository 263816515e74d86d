import { formatDurationMs } from "../../src/base/duration.ts";
import { createLiveArea } from "../../src/terminal/live-area.ts";
import { plainLine, plainText } from "../../src/terminal/plain-text.ts";
import type { Style } from "../../src/terminal/style.ts";
import type { Screen } from "../../src/terminal/terminal.ts";
import { type End, type Happening, toHappening } from "./happening.ts";
import type { RunView } from "./view.ts";

const TICK_MS = 120;
const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
/** The end of what an agent is writing, so that the tasks stay in sight. */
const TEXT_LINES_MAX = 6;
const VALUE_COLUMNS = 60;

/** What is under way, in the order in which it began. */
interface Work {
  readonly label: string;
  readonly depth: number;
  readonly startedMs: number;
}

/** What ended stays as a line; what is under way is redrawn below it with its time, and the text that is being written. */
export function createLiveView(screen: Screen, nowMs: () => number = Date.now): RunView {
  const area = createLiveArea(screen);
  const working = new Map<string, Work>();
  const texts = new Map<string, string>();
  const waits = new Map<string, string>();
  let tick = 0;
  const draw = (...kept: string[]): void => {
    const spinner = screen.style.cyan(SPINNER[tick % SPINNER.length] ?? "");
    const tasks = [...working.values()].map(({ label, depth, startedMs }) => {
      const time = screen.style.dim(formatDurationMs(nowMs() - startedMs));
      return `${"  ".repeat(depth)}${spinner} ${label}  ${time}`;
    });
    const waiting = [...waits.values()].map((what) => screen.style.dim(`  … ${what}`));
    const written = [...texts.values()].flatMap((text) => textLines(text, screen));
    area.draw([...tasks, ...waiting, ...written], kept);
  };
  const timer = setInterval(() => {
    tick += 1;
    draw();
  }, TICK_MS);
  return {
    show: (event) => {
      const happening = toHappening(event);
      // Whatever comes next of a run, it no longer waits for what it waited for.
      if (happening?.is === "waiting") waits.set(event.runid, plainLine(happening.forWhat));
      else waits.delete(event.runid);
      if (!happening) return;
      const line = take({ working, texts, style: screen.style }, happening, Date.parse(event.time));
      draw(...(line === undefined ? [] : [line]));
    },
    note: (line) => draw(screen.style.dim(line)),
    end: () => {
      clearInterval(timer);
      area.clear();
    },
  };
}

interface State {
  readonly working: Map<string, Work>;
  readonly texts: Map<string, string>;
  readonly style: Style;
}

/** Brings the state up to date; what it returns is a line that stays. */
function take(state: State, happening: Happening, timeMs: number): string | undefined {
  const { working, texts, style } = state;
  switch (happening.is) {
    case "started":
      working.set(happening.key, begin(happening, timeMs, style));
      return undefined;
    case "ended":
      return endLine(state, happening, timeMs);
    case "retried":
      return `  ${style.yellow("↻")} tried again${because(happening.reason)}`;
    case "text":
      texts.set(happening.runId, (texts.get(happening.runId) ?? "") + happening.text);
      return undefined;
    case "message":
      texts.delete(happening.runId);
      return undefined;
    case "waiting":
      return undefined;
    case "run":
      break;
  }
  return takeRun(state, happening, timeMs);
}

function begin(
  { what, path, input }: Extract<Happening, { is: "started" }>,
  startedMs: number,
  style: Style,
): Work {
  const name = plainLine(path.at(-1) ?? "", VALUE_COLUMNS);
  const label = input === "" ? name : `${name} ${style.dim(plainLine(input, VALUE_COLUMNS))}`;
  // A tool stands under the agent that calls it, whose own place the event does not tell.
  return { label, depth: what === "tool" ? 1 : Math.max(0, path.length - 1), startedMs };
}

function endLine(
  { working, style }: State,
  { key, how, reason }: Pick<Extract<Happening, { is: "ended" }>, "key" | "how" | "reason">,
  timeMs: number,
): string | undefined {
  const work = working.get(key);
  if (!work) return undefined;
  working.delete(key);
  const time = style.dim(formatDurationMs(timeMs - work.startedMs));
  return `${"  ".repeat(work.depth)}${signOf(how, style)} ${work.label}  ${time}${because(reason)}`;
}

function signOf(how: End, style: Style): string {
  if (how === "completed") return style.green("✓");
  return how === "faulted" ? style.red("✗") : style.dim("–");
}

/** The run itself, and the runs that it starts, such as those of agents. */
function takeRun(
  state: State,
  { runId, how, name }: Extract<Happening, { is: "run" }>,
  timeMs: number,
): string | undefined {
  switch (how) {
    case "started": {
      const depth = state.working.size === 0 ? 0 : 1;
      state.working.set(runId, { label: plainLine(name), depth, startedMs: timeMs });
      return undefined;
    }
    case "completed":
    case "cancelled":
      return endLine(state, { key: runId, how, reason: "" }, timeMs);
    case "failed":
      return endLine(state, { key: runId, how: "faulted", reason: "" }, timeMs);
    default:
      return state.style.dim(`run ${plainLine(how)}`);
  }
}

function because(reason: string): string {
  return reason === "" ? "" : `: ${plainLine(reason, 200)}`;
}

function textLines(text: string, screen: Screen): string[] {
  const lines = Bun.wrapAnsi(plainText(text), Math.max(20, screen.columns - 5)).split("\n");
  return lines.slice(-TEXT_LINES_MAX).map((line) => screen.style.dim(`  │ ${line}`));
}
