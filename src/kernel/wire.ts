import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { jsonText } from "../core/json.ts";

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol */
export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

export interface Message {
  /** Where a router socket sends the answer. */
  readonly identities: readonly Buffer[];
  readonly header: Header;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly content: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Buffer[];
}

const delimiter = Buffer.from("<IDS|MSG>");

/** Undefined for frames that are no message or are not signed with the key: such frames are not answered. */
export function readMessage(key: string, frames: readonly Buffer[]): Message | undefined {
  const at = frames.findIndex((frame) => frame.equals(delimiter));
  if (at < 0 || frames.length < at + 6) return undefined;
  const [signature, header, parent, metadata, content] = frames.slice(at + 1, at + 6) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  const wanted = Buffer.from(sign(key, [header, parent, metadata, content]));
  if (wanted.length !== signature.length || !timingSafeEqual(wanted, signature)) return undefined;
  try {
    return {
      identities: frames.slice(0, at),
      header: JSON.parse(header.toString()),
      metadata: JSON.parse(metadata.toString()),
      content: JSON.parse(content.toString()),
      buffers: frames.slice(at + 6),
    };
  } catch {
    return undefined;
  }
}

export interface Outgoing {
  readonly type: string;
  readonly session: string;
  readonly parent?: Header | undefined;
  readonly identities?: readonly Buffer[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly content: Readonly<Record<string, unknown>>;
  readonly buffers?: readonly Uint8Array[];
}

export function writeMessage(key: string, message: Outgoing): (Uint8Array | string)[] {
  const header: Header = {
    msg_id: randomUUID(),
    msg_type: message.type,
    session: message.session,
    username: message.parent?.username ?? "kernel",
    date: new Date().toISOString(),
    version: "5.3",
  };
  const parts = [header, message.parent ?? {}, message.metadata ?? {}, message.content].map((part) =>
    jsonText(part),
  );
  return [...(message.identities ?? []), delimiter, sign(key, parts), ...parts, ...(message.buffers ?? [])];
}

/** Jupyter signs the four JSON frames, not the binary buffers after them; an empty key means no signature. */
function sign(key: string, parts: readonly (Buffer | string)[]): string {
  if (key === "") return "";
  const hash = createHmac("sha256", key);
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
