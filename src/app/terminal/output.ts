/**
 * Runs a command as a program: it does its work to the end, and its exit code tells how that went, whether or not
 * anybody reads what it prints.
 */
export async function runProgram(main: (argv: readonly string[]) => number | Promise<number>): Promise<void> {
  outliveReaders();
  // else Node would open an inspector to anybody on this machine
  process.on("SIGUSR1", () => {});
  process.exitCode = await main(process.argv.slice(2));
}

/**
 * Printing never ends the work: `| head -1` closes a pipe, a Ctrl-C ends the `tee` of `npm start | tee log` before us, a
 * terminal goes away. What can be mended, a full disk, is told once. The set-up has the same in plain JavaScript.
 */
function outliveReaders(): void {
  process.stderr.on("error", () => {});
  let isTold = false;
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (isTold || code === "EPIPE" || code === "EIO") return;
    isTold = true;
    process.stderr.write(
      `output: needs a place that can be written; the system says ${code}. The work goes on; what it prints is lost.\n`,
    );
  });
}
