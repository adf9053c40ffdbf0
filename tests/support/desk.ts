import { after } from "node:test";
import { type DeskServer, startEngine } from "./engine.ts";

/** An engine for the tests of a file; `data` goes on where another one has ended. Its port is its own unless told. */
export async function startDesk(given: { data?: string; port?: number } = {}): Promise<DeskServer> {
  const desk = await startEngine(given);
  after(desk.stop);
  return desk;
}
