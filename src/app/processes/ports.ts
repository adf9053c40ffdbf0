import { createServer } from "node:net";
import { refuse } from "../../core/errors.ts";

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });

const TRIES = 50;

/** The port asked for, refused where it is taken; with none asked for the first free one from `first` on. */
export async function choosePort(asked: number | undefined, first: number): Promise<number> {
  for (let port = asked ?? first; port < first + TRIES || asked !== undefined; port++) {
    if (await isFree(port)) return port;
    if (asked !== undefined) break;
  }
  refuse({
    code: "port-taken",
    where: "--port",
    problem:
      asked === undefined
        ? `needs a free port; ${first} to ${first + TRIES - 1} are all taken`
        : `needs a free port; ${asked} is taken by another program`,
    hint: "Pass another one, or leave --port out to have one found.",
    facts: { asked, first },
  });
}
