import type { JsonValue } from "../base/json.ts";
import type { Zone } from "./dates/strftime.ts";
import { JqFuelError } from "./errors.ts";

/** What a program may ask of the outside; each part is given by the host or absent. */
export interface Host {
  readonly variables: Readonly<Record<string, JsonValue>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly inputs: Iterator<JsonValue> | undefined;
  readonly inputName: (() => string | null) | undefined;
  readonly debug: ((message: JsonValue) => void) | undefined;
  readonly stderr: ((value: JsonValue) => void) | undefined;
  readonly nowMs: number;
  readonly zoneAt: ((epochSeconds: number) => Zone) | undefined;
}

/** Calls that wait for each other; a stack of this height fits the runtime with room to spare. */
const CALL_DEPTH_MAX = 3_000;

/** One execution of a program: what it may use, and how much of it is left. */
export class Run {
  readonly host: Host;
  fuel: number;
  depth = 0;

  constructor(host: Host, fuel: number) {
    this.host = host;
    this.fuel = fuel;
  }

  /** Pays for work; the unit is about one step of a program or a few bytes of text. */
  spend(amount: number): void {
    this.fuel -= amount;
    if (this.fuel < 0) throw new JqFuelError("the expression used up its fuel");
  }

  enter(): void {
    this.depth += 1;
    if (this.depth > CALL_DEPTH_MAX) {
      throw new JqFuelError(`the expression calls itself more than ${CALL_DEPTH_MAX} levels deep`);
    }
    this.spend(1);
  }

  leave(): void {
    this.depth -= 1;
  }
}
