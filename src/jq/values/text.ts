const SURROGATE = /[\ud800-\udfff]/;

/** Whether one UTF-16 unit is one code point throughout. */
export function isPlain(text: string): boolean {
  return !SURROGATE.test(text);
}

/** How many code points a text has. */
export function codePointLength(text: string): number {
  if (isPlain(text)) return text.length;
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (isPairAt(text, index)) index += 1;
    length += 1;
  }
  return length;
}

/** A part of a text, between places that are counted in code points and chosen when its length is known. */
export function sliceCodePoints(
  text: string,
  choose: (length: number) => { start: number; end: number },
): string {
  if (isPlain(text)) {
    const { start, end } = choose(text.length);
    return text.slice(start, end);
  }
  const letters = Array.from(text);
  const { start, end } = choose(letters.length);
  return letters.slice(start, end).join("");
}

/** The code point offset of a UTF-16 offset. */
export function codePointOffset(text: string, unitOffset: number): number {
  return codePointLength(text.slice(0, unitOffset));
}

/** How many bytes the text takes in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (isPairAt(text, index)) {
      bytes += 4;
      index += 1;
    } else bytes += 3;
  }
  return bytes;
}

function isPairAt(text: string, index: number): boolean {
  return (text.codePointAt(index) ?? 0) > 0xffff;
}
