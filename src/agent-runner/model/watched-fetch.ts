import { formatDurationMs } from "../../base/duration.ts";
import { messageOf } from "../../base/errors.ts";
import { LIMIT_VARIABLES } from "../limits.ts";

/** The model's server did not answer, or stopped in the middle. What it had sent is of no use: the step is redone. */
export class ModelConnectionError extends Error {
  override readonly name = "ModelConnectionError";
  readonly kind: "unreachable" | "cut" | "slow";

  constructor(kind: "unreachable" | "cut" | "slow", message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** How long a model's server may be silent. */
export interface SilenceLimits {
  readonly modelFirstByteMs: number;
  readonly modelStallMs: number;
}

/** A fetch for streamed answers: no limit on their length, but on their silence. `authorization` is sent where nothing else is. */
export function watchFetch(limits: SilenceLimits, authorization?: string): typeof fetch {
  const watched = async (resource: string | URL | Request, init?: RequestInit) => {
    const silence = watchSilence(limits);
    const signal = init?.signal ? AbortSignal.any([init.signal, silence.signal]) : silence.signal;
    const headers = new Headers(init?.headers);
    if (authorization && !headers.has("authorization")) headers.set("authorization", authorization);
    const response = await silence.until(
      fetch(resource, { ...init, headers, signal, timeout: false }),
      "unreachable",
    );
    if (!response.body) {
      silence.end();
      return response;
    }
    return new Response(watchBody(response.body, silence), {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
  return Object.assign(watched, { preconnect: fetch.preconnect });
}

function watchBody(body: ReadableStream<Uint8Array>, silence: Silence): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let hasBegun = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (hasBegun) silence.begin("modelStallMs");
        const { done, value } = await silence.until(reader.read(), "cut");
        silence.end();
        hasBegun = true;
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel(reason) {
        silence.end();
        await reader.cancel(reason).catch(() => {});
      },
    },
    { highWaterMark: 0 },
  );
}

const WHAT: Record<keyof SilenceLimits, string> = {
  modelFirstByteMs: "no answer began within",
  modelStallMs: "the answer stalled for",
};

interface Silence {
  readonly signal: AbortSignal;
  begin(limit: keyof SilenceLimits): void;
  end(): void;
  /** Waits for news, and names the failure when there is none. */
  until<T>(news: Promise<T>, kind: "unreachable" | "cut"): Promise<T>;
}

function watchSilence(limits: SilenceLimits): Silence {
  const controller = new AbortController();
  let timer: Timer | undefined;
  const begin = (limit: keyof SilenceLimits) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const message = `${WHAT[limit]} ${formatDurationMs(limits[limit])} (${LIMIT_VARIABLES[limit]})`;
      controller.abort(new ModelConnectionError("slow", message));
    }, limits[limit]);
  };
  begin("modelFirstByteMs");
  return {
    signal: controller.signal,
    begin,
    end: () => clearTimeout(timer),
    async until(news, kind) {
      try {
        return await news;
      } catch (error) {
        clearTimeout(timer);
        if (controller.signal.aborted) throw controller.signal.reason;
        if (error instanceof Error && error.name === "AbortError") throw error;
        throw new ModelConnectionError(kind, messageOf(error), error);
      }
    },
  };
}
