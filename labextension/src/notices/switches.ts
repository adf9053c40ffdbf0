/** How a page says that an alert fires; this browser remembers it. */
export type Way = "notifications" | "sound";

const OTHERWISE: Readonly<Record<Way, boolean>> = { notifications: true, sound: false };
const keyOf = (way: Way): string => `tickbook.alerts.${way}`;

export function isOn(way: Way): boolean {
  const kept = localStorage.getItem(keyOf(way));
  return kept === null ? OTHERWISE[way] : kept === "on";
}

/** A line of switches; `onSound` is called when somebody wants to hear alerts from now on. */
export function createSwitches(onSound: () => void): HTMLElement {
  const line = document.createElement("div");
  line.className = "tickbook-status tickbook-switches";
  line.append("When an alert fires:");
  for (const way of ["notifications", "sound"] as const) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = isOn(way);
    box.addEventListener("change", () => {
      localStorage.setItem(keyOf(way), box.checked ? "on" : "off");
      if (way === "sound" && box.checked) onSound();
    });
    label.append(box, way === "notifications" ? "notify" : way);
    line.append(label);
  }
  return line;
}
