import type { JsonValue } from "../../src/base/json.ts";
import { sortedCopy, toJsonText } from "../../src/jq/values/json-text.ts";
import { writeWhole } from "../../src/terminal/output.ts";
import type { Options } from "./options.ts";

const STDOUT = 1;
const FLUSH_LENGTH = 1 << 16;

/** Gathers outputs and writes them in large pieces. */
export class Printer {
  private readonly options: Options;
  private waiting = "";

  constructor(options: Options) {
    this.options = options;
  }

  print(value: JsonValue): void {
    this.waiting += this.toText(value) + this.options.terminator;
    if (this.waiting.length > FLUSH_LENGTH) this.flush();
  }

  flush(): void {
    if (this.waiting === "") return;
    const text = this.waiting;
    this.waiting = "";
    writeWhole(STDOUT, text);
  }

  private toText(value: JsonValue): string {
    const { isRawOutput, isSorted, isAscii, indent } = this.options;
    if (isRawOutput && typeof value === "string" && !isAscii) return value.toWellFormed();
    const text = toJsonText(isSorted ? sortedCopy(value) : value, indent);
    return isAscii ? escapeBeyondAscii(text) : text;
  }
}

function escapeBeyondAscii(text: string): string {
  return text.replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
