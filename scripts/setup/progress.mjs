// Set-up speaks on stderr: stdout belongs to the program or the tools that follow.
const frames = ["|", "/", "-", "\\"];
const terminal = process.stderr.isTTY === true && process.env.CI === undefined;

export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** What a tool has printed, on stdout. */
export function print(text) {
  if (text !== "") process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Does the work under a title: a moving sign on a terminal, plain lines elsewhere, and how long it took. */
export async function step(title, work) {
  const since = performance.now();
  let timer;
  if (terminal) {
    let turn = 0;
    const draw = () =>
      process.stderr.write(`\r  ${frames[turn++ % frames.length]} ${title} (${seconds(since)}) `);
    draw();
    timer = setInterval(draw, 120);
  } else {
    say(`  … ${title}`);
  }
  const end = (sign) => {
    clearInterval(timer);
    say(`${terminal ? "\r\u001b[K" : ""}  ${sign} ${title} (${seconds(since)})`);
  };
  try {
    const result = await work();
    end("✓");
    return result;
  } catch (error) {
    end("✗");
    throw error;
  }
}
