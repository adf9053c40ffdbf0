/** The known word that an unknown one was most likely meant to be; undefined where none is near. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const given = plain(word).slice(0, 60);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(given.length / 3)) + 1;
  for (const one of known) {
    const steps = distance(given, plain(one));
    if (steps < least) [best, least] = [one, steps];
  }
  return best;
}

/** Letters to insert, delete, replace or swap with their neighbour, to come from one word to the other. */
function distance(a: string, b: string): number {
  let [older, old] = [
    new Array<number>(b.length + 1).fill(0),
    Array.from({ length: b.length + 1 }, (_, j) => j),
  ];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let steps = Math.min(row[j - 1]! + 1, old[j]! + 1, old[j - 1]! + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        steps = Math.min(steps, older[j - 2]! + 1);
      row.push(steps);
    }
    [older, old] = [old, row];
  }
  return old[b.length]!;
}
