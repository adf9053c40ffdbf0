const least = 240;

/** A line between the middle and the column beside, to be dragged, or moved by the arrow keys. */
export function createSplit(
  body: HTMLElement,
  side: HTMLElement,
): {
  readonly node: HTMLElement;
  width(): number | undefined;
  setWidth(width: number | undefined): void;
} {
  const node = document.createElement("div");
  node.className = "tickbook-desk-split";
  node.tabIndex = 0;
  node.setAttribute("role", "separator");
  node.setAttribute("aria-orientation", "vertical");
  node.setAttribute("aria-label", "width of the column beside");
  let chosen: number | undefined;
  const setWidth = (width: number | undefined): void => {
    chosen =
      width === undefined
        ? undefined
        : Math.round(Math.max(least, Math.min(width, body.clientWidth - least)));
    if (chosen === undefined) body.style.removeProperty("--tickbook-side");
    else body.style.setProperty("--tickbook-side", `${chosen}px`);
    node.setAttribute("aria-valuenow", String(chosen ?? side.clientWidth));
  };
  node.addEventListener("pointerdown", (down) => {
    const from = side.clientWidth;
    const onMove = (move: PointerEvent): void => setWidth(from + down.clientX - move.clientX);
    node.setPointerCapture(down.pointerId);
    node.addEventListener("pointermove", onMove);
    node.addEventListener("pointerup", () => node.removeEventListener("pointermove", onMove), { once: true });
  });
  node.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: 20, ArrowRight: -20 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setWidth(side.clientWidth + step);
  });
  node.setAttribute("aria-valuenow", "400");
  return { node, width: () => chosen, setWidth };
}
