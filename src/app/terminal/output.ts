/**
 * Lets a program go on, and end in order, when nobody reads any longer what it prints: a Ctrl-C ends the `tee` of
 * `npm start | tee log` before us, and a terminal can be closed.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    });
  }
}
