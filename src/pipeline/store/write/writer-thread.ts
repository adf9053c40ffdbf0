import { parentPort, workerData } from "node:worker_threads";
import type { WriterSettings } from "./register.ts";
import { type ToWriter, WriterLoop } from "./writer-loop.ts";

/** The thread of a `BackgroundWriter`. */
const { file, settings } = workerData as { file: string; settings: WriterSettings };
const port = parentPort!;
const loop = new WriterLoop(port, file, settings);
port.on("message", (message: ToWriter) => loop.receive(message));
