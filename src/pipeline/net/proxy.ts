import http from "node:http";
import https from "node:https";
import { quote, refuse } from "../../core/errors.ts";

/** This machine itself is never behind a proxy. */
const ALWAYS_DIRECT = ["localhost", "127.0.0.1", "::1", "[::1]"];

/**
 * Sends what goes out, over REST and sockets alike, by the proxy of the environment (`HTTPS_PROXY`, `HTTP_PROXY`,
 * `NO_PROXY`, in upper or lower case), as Node itself can; returns whether there is one. To be called once, before anything
 * goes out. Refuses an address that is none.
 */
export function useProxy(environment: NodeJS.ProcessEnv): boolean {
  const { HTTPS_PROXY, https_proxy = HTTPS_PROXY, HTTP_PROXY, http_proxy = HTTP_PROXY } = environment;
  const { NO_PROXY, no_proxy = NO_PROXY } = environment;
  for (const [name, url] of Object.entries({ HTTPS_PROXY: https_proxy, HTTP_PROXY: http_proxy })) {
    if (!url || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) continue;
    refuse({
      code: "bad-proxy",
      where: name,
      // it may hold a password
      problem: `needs the address of a proxy that begins with http:// or https://; got ${quote(url.replace(/.*@/, "…@"), 60)}`,
      hint: "Mend the variable, or take it out of the environment.",
    });
  }
  if (!https_proxy && !http_proxy) return false;
  http.setGlobalProxyFromEnv({
    ...(https_proxy && { https_proxy }),
    ...(http_proxy && { http_proxy }),
    no_proxy: [no_proxy, ...ALWAYS_DIRECT].filter(Boolean).join(","),
  });
  return true;
}

/** The agent by which a socket goes where `useProxy` has sent the rest. */
export function agentFor(url: string): http.Agent {
  return /^wss:/.test(url) ? https.globalAgent : http.globalAgent;
}
