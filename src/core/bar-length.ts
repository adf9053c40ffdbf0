const SECONDS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400,
];

/** The shortest usual length of a bar, a multiple of `ownUs`, of which a stretch holds no more than there is room for. */
export function lengthFor(
  { fromUs, toUs, bars }: { readonly fromUs: number; readonly toUs: number; readonly bars: number },
  ownUs: number,
): number {
  const least = (toUs - fromUs) / Math.max(1, bars);
  const lengths = SECONDS.map((seconds) => seconds * 1e6).filter((us) => us % ownUs === 0);
  const longest = Math.max(ownUs, ...lengths);
  return [ownUs, ...lengths].find((us) => us >= least) ?? Math.ceil(least / longest) * longest;
}
