import type { JsonValue } from "../base/json.ts";

/**
 * A run's signals, in a queue per name, and the event commands that wait for them, likewise. The oldest signal
 * answers the oldest command; a signal that nobody waits for yet stays.
 */
export class SignalInbox {
  readonly #seen = new Set<string>();
  readonly #signals = new Map<string, JsonValue[]>();
  readonly #waiting = new Map<string, string[]>();
  /** A name for each signal and each command that has come since the last look: there may be a new pair. */
  #news: string[] = [];

  has(signalId: string): boolean {
    return this.#seen.has(signalId);
  }

  remember(signalId: string): void {
    this.#seen.add(signalId);
  }

  put(name: string, data: JsonValue): void {
    listOf(this.#signals, name).push(data);
    this.#news.push(name);
  }

  wait(name: string, commandId: string): void {
    listOf(this.#waiting, name).push(commandId);
    this.#news.push(name);
  }

  leave(name: string, commandId: string): void {
    const waiting = listOf(this.#waiting, name);
    const index = waiting.indexOf(commandId);
    if (index !== -1) waiting.splice(index, 1);
  }

  /** Removes the next command that a signal answers, and that signal. */
  takePair(): { readonly commandId: string; readonly data: JsonValue } | undefined {
    for (let name = this.#news.shift(); name !== undefined; name = this.#news.shift()) {
      const signals = listOf(this.#signals, name);
      const [data] = signals;
      if (data === undefined) continue;
      const commandId = listOf(this.#waiting, name).shift();
      if (commandId === undefined) continue;
      signals.shift();
      return { commandId, data };
    }
    return undefined;
  }
}

function listOf<Item>(lists: Map<string, Item[]>, name: string): Item[] {
  const known = lists.get(name);
  if (known) return known;
  const list: Item[] = [];
  lists.set(name, list);
  return list;
}
