import { quote, refuse } from "../../../core/errors.ts";
import type { Collector } from "../../collector/collector.ts";
import type { ImportJob } from "../../collector/control/import-thread.ts";
import type { Importing } from "../../collector/control/importing.ts";
import type { Request, Requests } from "../../collector/control/server.ts";
import { statusEntry } from "../../collector/news/status-entry.ts";
import { symbolChoice } from "../../collector/symbols/choice.ts";

/** What a running collector can be asked for. */
export function requestsTo(collector: Collector, imports: Importing): Requests {
  return {
    import: async ({ file, settings }, progress) =>
      imports.run({ file: text(file, "file"), settings: settings as ImportFlags }, progress),
    "undo-import": async ({ file, sha256 }, progress) =>
      imports.run(
        {
          undo: {
            file: text(file, "file"),
            sha256: sha256 === undefined ? undefined : text(sha256, "sha256"),
          },
        },
        progress,
      ),
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

type ImportFlags = Extract<ImportJob["work"], { readonly file: string }>["settings"];

function text(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  return refuse({
    code: "bad-request",
    where: name,
    problem: `needs a text; got ${quote(value, 60)}`,
    hint: "Use npm run import.",
  });
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
