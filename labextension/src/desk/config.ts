/** What `npm start` asks of the page. */
export interface DeskConfig {
  /** Drawn by lot at each start: a page runs the notebook by itself once for each, and never for a notebook's own sake. */
  readonly once: string;
  /** The notebook whose panels stand on the desk, from the server's root on. */
  readonly notebook: string;
}

/** A page and what its browser keeps for it, as far as they are used here. */
export interface PageText {
  getElementById(id: string): { readonly textContent: string | null } | null;
}
export interface Kept {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const used = "tickbook.desk.used";

/** From the page's configuration, which the server writes; undefined: no desk was asked for. */
export function deskConfig(page: PageText): DeskConfig | undefined {
  const text = page.getElementById("jupyter-config-data")?.textContent ?? "{}";
  const { tickbookDesk } = JSON.parse(text) as { tickbookDesk?: Partial<DeskConfig> };
  const { once, notebook } = tickbookDesk ?? {};
  if (typeof once !== "string" || once === "" || typeof notebook !== "string") return undefined;
  return { once, notebook };
}

/** Whether this browser may run the cells by itself: true once for each value. */
export function takeOnce({ once }: DeskConfig, storage: Kept): boolean {
  if (storage.getItem(used) === once) return false;
  storage.setItem(used, once);
  return true;
}
