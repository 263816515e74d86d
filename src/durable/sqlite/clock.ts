/** Time as the engine sees it. A test may bring its own. */
export interface Clock {
  /** Wall time in milliseconds since 1970; it may jump. */
  now(): number;
  /** Calls back once after that delay; answers what calls it off. */
  wake(delayMs: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  wake: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
