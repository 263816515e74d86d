/** A pattern that is not a regular expression; the message is Oniguruma's. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}
