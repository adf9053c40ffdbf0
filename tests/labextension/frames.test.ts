import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { createFrames, type Page } from "../../labextension/src/frames.ts";

let waiting: (() => unknown)[] = [];
const page: Page = {
  requestAnimationFrame: (run) => waiting.push(run),
  cancelAnimationFrame: (frame) => {
    waiting.splice(frame - 1, 1);
  },
};
/** The next frame of the page; resolves to how many drawings began in it. */
const nextFrame = async (): Promise<number> => {
  const now = waiting.splice(0);
  for (const run of now) run();
  await new Promise(setImmediate);
  return now.length;
};

beforeEach(() => {
  waiting = [];
});

test("however often it is asked for, one drawing a frame", async () => {
  const frames = createFrames(page, async () => {});
  for (let i = 0; i < 5; i++) frames.ask();
  assert.deepEqual([await nextFrame(), await nextFrame()], [1, 0]);
});

test("what is asked for while it draws, as another width or theme, is drawn when that has ended, once", async () => {
  let end = (): void => {};
  let drawn = 0;
  const frames = createFrames(page, () => {
    drawn++;
    return new Promise((resolve) => {
      end = resolve;
    });
  });
  frames.ask();
  await nextFrame();
  for (let i = 0; i < 3; i++) frames.ask();
  assert.equal(await nextFrame(), 0);
  end();
  await new Promise(setImmediate);
  assert.equal(await nextFrame(), 1);
  end();
  await new Promise(setImmediate);
  assert.deepEqual([await nextFrame(), drawn], [0, 2]);
});

test("closed, it draws no more", async () => {
  const frames = createFrames(page, async () => {});
  frames.ask();
  frames.close();
  frames.ask();
  assert.equal(await nextFrame(), 0);
});
