import type { Channels } from "../stop/channels.ts";
import { type Message, type Outgoing, writeMessage } from "../wire.ts";

/** Sends frames back on the channel on which a request came. */
export type Back = (frames: (Uint8Array | string)[]) => void;

/** What a kernel says: to all pages, and to the one that asked. */
export interface Outbox {
  broadcast(message: Omit<Outgoing, "session">): void;
  /** To all pages, as a consequence of a request. */
  publish(type: string, request: Message | undefined, content: Outgoing["content"]): void;
  status(state: "busy" | "idle" | "starting", request?: Message): void;
  reply(back: Back, type: string, request: Message, content: Outgoing["content"]): void;
}

export function createOutbox(key: string, session: string, channels: Pick<Channels, "publish">): Outbox {
  const broadcast: Outbox["broadcast"] = (message) =>
    channels.publish(writeMessage(key, { ...message, session, identities: [Buffer.from(message.type)] }));
  const publish: Outbox["publish"] = (type, request, content) =>
    broadcast({ type, content, parent: request?.header });
  return {
    broadcast,
    publish,
    status: (state, request) => publish("status", request, { execution_state: state }),
    reply: (back, type, request, content) => {
      const { header, identities } = request;
      back(writeMessage(key, { type, content, session, parent: header, identities }));
    },
  };
}
