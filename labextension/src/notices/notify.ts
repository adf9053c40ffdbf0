import type { AlertNews } from "../../../src/notebook/page/live-messages.ts";
import type { JupyterFrontEnd } from "../jupyterlab.ts";
import { lookAt } from "./look-at.ts";
import { play } from "./sound.ts";
import { isOn } from "./switches.ts";

type Alert = AlertNews["alerts"][number];

const LOOK_AT = "tickbook:look-at";
const TYPES = { info: "info", warning: "warning", critical: "error" } as const;
const SHOWN_MS = 12_000;
/** More at a time are shown as one. */
const MOST = 3;

/** The command by which a notification goes to the place on the chart. */
export function addLookAt({ commands, shell }: JupyterFrontEnd): void {
  commands.addCommand(LOOK_AT, {
    label: "Show an alert on the chart",
    execute: ({ fromMs, toMs }) => {
      const desk = document.getElementById("tickbook-desk");
      if (desk) shell.activateById(desk.id);
      // a tab that comes forth has its size in the next frame
      requestAnimationFrame(() => lookAt(Number(fromMs), Number(toMs)));
    },
  });
}

/** Says what has begun to fire: as a notification, and aloud, where that is switched on. */
export function notify({ commands }: Pick<JupyterFrontEnd, "commands">, { alerts }: AlertNews): void {
  if (isOn("sound")) play(alerts.some(({ severity }) => severity === "critical") ? "critical" : "warning");
  if (!isOn("notifications")) return;
  const tell = (message: string, alert: Alert): void => {
    const { fromMs, toMs } = alert;
    void commands.execute("apputils:notify", {
      message,
      type: TYPES[alert.severity],
      options: {
        autoClose: SHOWN_MS,
        actions: [{ label: "Show on the chart", commandId: LOOK_AT, args: { fromMs, toMs } }],
      },
    });
  };
  if (alerts.length <= MOST)
    for (const alert of alerts) tell(`${alert.severity}: ${alert.rule}. ${alert.text}`, alert);
  else {
    const grave = alerts.find(({ severity }) => severity === "critical") ?? alerts[0]!;
    tell(`${alerts.length} alerts fire: ${[...new Set(alerts.map(({ rule }) => rule))].join(", ")}`, grave);
  }
}
