/** As much of a page as is used here. */
interface Page {
  readonly document: {
    readonly body: PageElement;
    createElement(tag: string): PageElement;
  };
  readonly location: { readonly origin: string };
  readonly vegaEmbed: (at: PageElement, spec: unknown, options: object) => Promise<unknown>;
  readonly require: (names: readonly string[], use: (...modules: never[]) => void) => void;
}
interface PageElement {
  className: string;
  innerHTML: string;
  textContent: string;
  append(child: PageElement): void;
  replaceChildren(...children: PageElement[]): void;
}

interface Received {
  readonly header: { readonly msg_type: string };
  readonly parent_header: { readonly msg_id?: string };
  // biome-ignore lint/suspicious/noExplicitAny: whatever the kernel sent
  readonly content: any;
}

/** As much of ipywidgets' html-manager as is used here. */
interface Manager {
  handle_comm_open(comm: unknown, message: Received): Promise<unknown>;
  get_model(id: string): Promise<unknown>;
  create_view(model: unknown): Promise<unknown>;
  display_view(view: unknown, at: PageElement): Promise<unknown>;
}

/**
 * Runs in a page: a front end of Jupyter's without anything of this project's. It speaks the protocol over the server's
 * socket, gives widgets to ipywidgets' html-manager and Vega-Lite to vega-embed; `runCell(code)` runs code and shows its
 * outputs in a new `.cell`.
 */
export async function front({ token }: { token: string }): Promise<void> {
  const { document, location, vegaEmbed, require: load } = globalThis as unknown as Page;
  const made = await fetch(`${location.origin}/api/kernels`, {
    method: "POST",
    headers: { Authorization: `token ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ name: "tickbook" }),
  });
  const { id } = (await made.json()) as { id: string };
  const session = crypto.randomUUID();
  const address = `${location.origin.replace("http", "ws")}/api/kernels/${id}/channels?token=${token}`;
  const socket = new WebSocket(address);
  const opened = new Promise((resolve) => socket.addEventListener("open", resolve));
  const send = (msg_type: string, content: object, onDone?: () => void): string => {
    const msg_id = crypto.randomUUID();
    const header = {
      msg_id,
      msg_type,
      session,
      username: "",
      date: new Date().toISOString(),
      version: "5.3",
    };
    if (onDone) done.set(msg_id, onDone);
    socket.send(
      JSON.stringify({ channel: "shell", header, parent_header: {}, metadata: {}, content, buffers: [] }),
    );
    return msg_id;
  };

  const done = new Map<string, () => void>();
  const statuses = new Map<string, (status: string) => void>();
  const cells = new Map<string, PageElement>();
  const shown = new Map<string, PageElement>();
  const heard = new Map<string, { message?: (m: Received) => void; close?: (m: Received) => void }>();

  const commOf = (comm_id: string, target_name: string): object => {
    const hears: { message?: (m: Received) => void; close?: (m: Received) => void } = {};
    heard.set(comm_id, hears);
    return {
      comm_id,
      target_name,
      send: (data: unknown, callbacks?: { iopub?: { status?: (m: object) => void } }) =>
        send("comm_msg", { comm_id, data }, () =>
          callbacks?.iopub?.status?.({ content: { execution_state: "idle" } }),
        ),
      close: () => send("comm_close", { comm_id, data: {} }),
      on_msg: (callback: (m: Received) => void) => {
        hears.message = callback;
      },
      on_close: (callback: (m: Received) => void) => {
        hears.close = callback;
      },
    };
  };
  const manager = await new Promise<Manager>((resolve) => {
    load(["@jupyter-widgets/html-manager"], ({ HTMLManager }: { HTMLManager: new () => Manager }) =>
      resolve(new HTMLManager()),
    );
  });

  const draw = async (at: PageElement, data: Record<string, unknown>): Promise<void> => {
    const widget = data["application/vnd.jupyter.widget-view+json"] as { model_id: string } | undefined;
    const spec = data["application/vnd.vegalite.v5+json"];
    at.replaceChildren();
    if (widget) await manager.display_view(manager.create_view(await manager.get_model(widget.model_id)), at);
    else if (spec) await vegaEmbed(at, spec, { actions: false, renderer: "svg" });
    else if (data["text/html"]) at.innerHTML = String(data["text/html"]);
    else at.textContent = String(data["text/plain"]);
  };
  // one after the other, as they came
  let last: Promise<unknown> = Promise.resolve();
  const output = (cell: PageElement | undefined, data: Record<string, unknown>, displayId?: string): void => {
    const at = document.createElement("div");
    cell?.append(at);
    if (displayId !== undefined) shown.set(displayId, at);
    last = last.then(() => draw(at, data));
  };
  const receive: Record<string, (message: Received, of: string) => void> = {
    status: ({ content }, of) => {
      if (content.execution_state !== "idle") return;
      done.get(of)?.();
      done.delete(of);
    },
    execute_reply: ({ content }, of) => statuses.get(of)?.(content.status),
    stream: ({ content }, of) => output(cells.get(of), { "text/plain": content.text }),
    execute_result: ({ content }, of) => output(cells.get(of), content.data),
    display_data: ({ content }, of) => output(cells.get(of), content.data, content.transient?.display_id),
    update_display_data: ({ content }) => {
      const at = shown.get(content.transient.display_id);
      if (at) last = last.then(() => draw(at, content.data));
    },
    comm_open: (message) => {
      const { comm_id, target_name } = message.content;
      if (target_name === "jupyter.widget")
        last = last.then(() => manager.handle_comm_open(commOf(comm_id, target_name), message));
    },
    comm_msg: (message) => {
      last = last.then(() => heard.get(message.content.comm_id)?.message?.(message));
    },
    comm_close: (message) => heard.get(message.content.comm_id)?.close?.(message),
  };
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(String(data)) as Received;
    receive[message.header.msg_type]?.(message, message.parent_header.msg_id ?? "");
  });
  await opened;

  const runCell = (code: string): Promise<string> =>
    new Promise((resolve) => {
      const cell = document.createElement("div");
      cell.className = "cell";
      document.body.append(cell);
      const of = send("execute_request", { code, silent: false, store_history: true, allow_stdin: false });
      cells.set(of, cell);
      statuses.set(of, resolve);
    });
  Object.assign(globalThis, { runCell });
}
