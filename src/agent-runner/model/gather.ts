import type { ModelProgress } from "../../schema/wire/agent-step.ts";

/** No reader sees text sooner than this, and a model may send hundreds of pieces in the time. */
const GATHER_MS = 15;

/** Joins pieces of one kind that come close together, so that each costs its way to the reader once. */
export interface Gatherer {
  add(piece: ModelProgress): void;
  /** Sends what is held back. */
  flush(): void;
}

export function gatherPieces(send: (piece: ModelProgress) => void): Gatherer {
  let held: ModelProgress | undefined;
  let timer: Timer | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (held) send(held);
    held = undefined;
  };
  return {
    add(piece) {
      if (held && held.type !== piece.type) flush();
      held = held ? { ...held, text: held.text + piece.text } : piece;
      timer ??= setTimeout(flush, GATHER_MS);
    },
    flush,
  };
}
