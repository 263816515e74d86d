/** The user and password that an address carries. */
export interface Credentials {
  /** As the address writes it, as it is meant, and as it is sent. */
  readonly secrets: readonly string[];
  /** What a browser would send for it. */
  readonly authorization: string;
}

export function credentialsOf(address: string): Credentials | undefined {
  const whole = address.includes("://") ? address : `http://${address}`;
  if (!URL.canParse(whole)) return undefined;
  const { username, password } = new URL(whole);
  if (username === "" && password === "") return undefined;
  const pair = Buffer.from(`${decode(username)}:${decode(password)}`).toString("base64");
  // Who gives no password gives a token as the user.
  const secret = password || username;
  return { secrets: [secret, decode(secret), pair], authorization: `Basic ${pair}` };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
