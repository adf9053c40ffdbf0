/** A page, as far as it is used here. */
export interface Page {
  requestAnimationFrame(run: () => void): number;
  cancelAnimationFrame(frame: number): void;
}

/** Draws in the page's frames. */
export interface Frames {
  /** Draws in the next frame, however often it is asked for; while it draws, once more when that has ended. */
  ask(): void;
  close(): void;
}

export function createFrames(page: Page, draw: () => Promise<void>): Frames {
  let frame = 0;
  let drawing = false;
  let again = false;
  let closed = false;
  const ask = (): void => {
    if (closed) return;
    if (drawing) again = true;
    else frame ||= page.requestAnimationFrame(run);
  };
  const run = async (): Promise<void> => {
    frame = 0;
    drawing = true;
    again = false;
    await draw();
    drawing = false;
    if (again) ask();
  };
  return {
    ask,
    close: () => {
      closed = true;
      page.cancelAnimationFrame(frame);
    },
  };
}
