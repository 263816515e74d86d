import { networkFailure } from "./failure.ts";
import type { DownloadLimits } from "./request.ts";
import type { Watchdog } from "./watchdog.ts";

/** What comes, piece by piece; each must come before the watchdog loses patience. */
export async function* chunksOf(
  response: Response,
  limits: DownloadLimits,
  watchdog: Watchdog,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      watchdog.expect("the next byte", limits.stallMs);
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    watchdog.signal.throwIfAborted();
    throw networkFailure(error, []);
  } finally {
    await reader.cancel().catch(() => {});
  }
}
