/** Jupyter's sliders have a label that is no name to a screen reader: gives their handles that name, also later ones. */
export function nameSliders(place: HTMLElement): () => void {
  const name = (): void => {
    for (const slider of place.querySelectorAll(".widget-slider")) {
      const label = slider.querySelector(".widget-label")?.textContent ?? "";
      for (const handle of slider.querySelectorAll('[role="slider"]:not([aria-label])'))
        if (label !== "") handle.setAttribute("aria-label", label);
    }
  };
  const grown = new MutationObserver(name);
  grown.observe(place, { childList: true, subtree: true });
  name();
  return () => grown.disconnect();
}
