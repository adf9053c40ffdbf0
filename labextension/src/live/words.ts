/** What is said where nothing answers. */
interface Words {
  /** Nobody answers a question; and what a reader does about it. */
  readonly silent: string;
  readonly noAnswer: string;
  /** Nothing was heard for a time, which follows. */
  readonly silentFor: string;
  /** Whoever answers knows nothing of the panel. */
  readonly unknown: string;
}

const OF_KERNEL: Words = {
  silent: "no kernel answers",
  noAnswer: "no kernel answers: run the cell again",
  silentFor: "the kernel is silent for",
  unknown: "the kernel was restarted: run the cell again",
};
const OF_SERVER: Words = {
  silent: "the server does not answer",
  noAnswer: "the server does not answer",
  silentFor: "the server is silent for",
  unknown: "the server was started again: reload the page",
};

let words = OF_KERNEL;

export const wordsFor = (): Words => words;

/** A page that is only read has a server, and neither kernel nor cells. */
export function speakOfServer(): void {
  words = OF_SERVER;
}
