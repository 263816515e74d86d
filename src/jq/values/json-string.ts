/** What a letter after a backslash stands for, in JSON and in programs alike. */
export const ESCAPES: Readonly<Partial<Record<string, string>>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

export type Decoded =
  | { readonly value: string; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: string };

/** Decodes what stands between the quotes of a JSON string. */
export function decodeJsonString(raw: string): Decoded {
  if (Array.from(raw).some((letter) => letter < " ")) {
    return {
      error: "Invalid string: control characters from U+0000 through U+001F must be escaped",
    };
  }
  let value = "";
  let position = 0;
  while (position < raw.length) {
    const letter = raw.charAt(position);
    if (letter !== "\\") {
      value += letter;
      position += 1;
      continue;
    }
    if (raw.charAt(position + 1) === "u") {
      const unit = decodeUnit(raw, position);
      if (unit.error !== undefined) return unit;
      value += unit.value;
      position += unit.value.length * 6;
      continue;
    }
    const escaped = ESCAPES[raw.charAt(position + 1)];
    if (escaped === undefined) return { error: "Invalid escape" };
    value += escaped;
    position += 2;
  }
  return { value: value.toWellFormed() };
}

/** `\uXXXX`, or two of them that make one code point. */
function decodeUnit(raw: string, position: number): Decoded {
  const digits = raw.slice(position + 2, position + 6);
  if (digits.length < 4) return { error: String.raw`Invalid \uXXXX escape` };
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
    return { error: String.raw`Invalid characters in \uXXXX escape` };
  }
  const unit = Number.parseInt(digits, 16);
  if (unit < 0xd800 || unit > 0xdbff) return { value: String.fromCharCode(unit) };
  const low = /^\\u(d[c-f][0-9a-f]{2})/i.exec(raw.slice(position + 6, position + 12))?.[1];
  if (low === undefined) return { error: String.raw`Invalid \uXXXX\uXXXX surrogate pair escape` };
  return { value: String.fromCharCode(unit, Number.parseInt(low, 16)) };
}
