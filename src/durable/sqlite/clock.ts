import { uptime } from "node:os";

/** Between two looks no correction of the clock is as large as this; then somebody has set it, or the machine slept. */
const JUMP_MS = 1_500;

/** Time as the engine sees it. A test may bring its own. */
export interface Clock {
  /** Wall time in milliseconds since 1970; it may jump. */
  now(): number;
  /** The same without its jumps: what is waited for is counted in it. It goes on while the machine sleeps. */
  steady(): number;
  /** Calls back once after that delay; answers what calls it off. */
  wake(delayMs: number, callback: () => void): () => void;
}

/** The three clocks of a machine. */
export interface MachineTime {
  /** What people set. */
  readonly wallMs: () => number;
  /** Counts what the machine was awake, and nobody can set it. */
  readonly awakeMs: () => number;
  /** Counts also what it slept, but perhaps in whole seconds only. */
  readonly uptimeMs: () => number;
}

const machineTime: MachineTime = {
  wallMs: () => Date.now(),
  awakeMs: () => performance.now(),
  uptimeMs: () => uptime() * 1_000,
};

/**
 * Wall time that follows small corrections and the machine's sleep, but no jump. One year forward would end every wait
 * at once, and one year back would let none end.
 */
export function createSteadyTime({ wallMs, awakeMs, uptimeMs }: MachineTime): () => number {
  const look = () => ({ wall: wallMs(), awake: awakeMs(), uptime: uptimeMs() });
  let last = look();
  let jumpedMs = 0;
  return () => {
    const now = look();
    const awakeFor = now.awake - last.awake;
    const ahead = now.wall - last.wall - awakeFor;
    if (Math.abs(ahead) > JUMP_MS) {
      const sleptFor = now.uptime - last.uptime - awakeFor;
      const unexplained = ahead - (sleptFor > JUMP_MS ? sleptFor : 0);
      if (Math.abs(unexplained) > JUMP_MS) jumpedMs += Math.round(unexplained);
    }
    last = now;
    return now.wall - jumpedMs;
  };
}

export const systemClock: Clock = {
  now: () => Date.now(),
  steady: createSteadyTime(machineTime),
  wake: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
