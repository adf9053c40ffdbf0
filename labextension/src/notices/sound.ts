let context: AudioContext | undefined;

/** One tone, or two for what is critical. A page that nobody has touched yet may not sound: it does from the first click on. */
export function play(severity: "warning" | "critical"): void {
  context ??= new AudioContext();
  void context.resume();
  const tones = severity === "critical" ? [880, 660] : [660];
  for (const [k, hertz] of tones.entries()) {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    const at = context.currentTime + 0.22 * k;
    oscillator.frequency.value = hertz;
    gain.gain.setValueAtTime(0.12, at);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.2);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(at);
    oscillator.stop(at + 0.2);
  }
  // for tests and for whoever looks into the page
  document.body.dataset.tickbookSounds = String(Number(document.body.dataset.tickbookSounds ?? 0) + 1);
}
