/** An HTTP answer, its body cut to a size. */
export interface HttpReply {
  readonly status: number;
  /** By lower-case name. */
  header(name: string): string | undefined;
  readonly body: string;
}

/** GET with a deadline over all of it; rejects with a one-line `Error` when there is no complete answer. */
export type HttpGet = (url: string) => Promise<HttpReply>;

export interface HttpSettings {
  readonly deadlineMs: number;
  readonly maxBytes: number;
  /** Ends what is under way, and refuses what comes after. */
  readonly stop?: AbortSignal;
}

/** The machine's own `fetch`: no redirects followed, times in microseconds asked for. */
export function httpGet({ deadlineMs, maxBytes, stop }: HttpSettings): HttpGet {
  return async (url) => {
    const deadline = AbortSignal.timeout(deadlineMs);
    const signal = stop === undefined ? deadline : AbortSignal.any([deadline, stop]);
    try {
      const response = await fetch(url, {
        signal,
        redirect: "manual",
        headers: { "X-MBX-TIME-UNIT": "MICROSECOND" },
      });
      const body = await readBody(response, maxBytes);
      return { status: response.status, header: (name) => response.headers.get(name) ?? undefined, body };
    } catch (error) {
      throw new Error(reason(error, deadlineMs));
    }
  };
}

async function readBody(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`an answer of more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
}

/** `fetch` hides the reason one or two causes deep. */
function reason(error: unknown, deadlineMs: number): string {
  if (error instanceof DOMException && error.name === "TimeoutError")
    return `no answer in ${deadlineMs / 1000} s`;
  let deepest = error;
  while (deepest instanceof Error && deepest.cause !== undefined) deepest = deepest.cause;
  const { code, message } = deepest as { code?: string; message?: string };
  return code ?? message ?? String(deepest);
}
