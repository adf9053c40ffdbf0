/** A failure that its reader can do something about: one sentence, what to do, and a tool's last words. */
export class SetupError extends Error {
  constructor(problem, hint, lastLines = []) {
    super(`${problem}. ${hint}`);
    this.lastLines = lastLines;
  }
}
