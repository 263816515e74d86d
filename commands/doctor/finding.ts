/** What one check found. `note`: worth knowing, nothing is broken; `problem`: something will not work. */
export interface Finding {
  readonly check: string;
  readonly level: "ok" | "note" | "problem";
  readonly message: string;
  /** What to do about it; always there for a problem. */
  readonly fix?: string;
}

export function ok(check: string, message: string): Finding {
  return { check, level: "ok", message };
}

export function note(check: string, message: string, fix?: string): Finding {
  return { check, level: "note", message, ...(fix === undefined ? {} : { fix }) };
}

export function problem(check: string, message: string, fix: string): Finding {
  return { check, level: "problem", message, fix };
}
