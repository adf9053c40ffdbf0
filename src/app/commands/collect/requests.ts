import { quote, refuse } from "../../../core/errors.ts";
import type { Collector } from "../../collector/collect.ts";
import type { Request, Requests } from "../../collector/control/server.ts";
import { statusEntry } from "../../collector/status-entry.ts";
import { symbolChoice } from "../../collector/symbols/choice.ts";

/** What a running collector can be asked for. */
export function requestsTo(collector: Collector): Requests {
  return {
    status: async () => statusEntry(collector.status()),
    symbols: async (request) => {
      const add = texts(request, "add");
      return collector.change(
        add.length === 0 ? undefined : symbolChoice(add, undefined),
        texts(request, "remove"),
      );
    },
  };
}

function texts(request: Request, name: string): string[] {
  const value = request[name] ?? [];
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
  return refuse({
    code: "bad-request",
    where: name,
    problem: `needs a list of symbols; got ${quote(value, 60)}`,
    hint: "Use npm run control.",
  });
}
