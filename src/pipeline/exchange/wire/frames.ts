/** What a WebSocket frame may be: the second half of RFC 6455, section 5.2. */
export type Opcode = "continuation" | "text" | "binary";

const OPCODES: Readonly<Record<Opcode, number>> = { continuation: 0, text: 1, binary: 2 };

/** A server's frame, unmasked. `compressed` sets RSV1, as permessage-deflate does. */
export function frame(
  opcode: Opcode,
  payload: Buffer,
  { final = true, compressed = false }: { readonly final?: boolean; readonly compressed?: boolean } = {},
): Buffer {
  const { length } = payload;
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + extra);
  head[0] = (final ? 0x80 : 0) | (compressed ? 0x40 : 0) | OPCODES[opcode];
  head[1] = extra === 0 ? length : extra === 2 ? 126 : 127;
  if (extra === 2) head.writeUInt16BE(length, 2);
  if (extra === 8) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** One text message in so many frames; those that find nothing left of it are empty. */
export function fragments(text: Buffer, count: number): Buffer {
  const parts: Buffer[] = [];
  const size = Math.max(1, Math.ceil(text.length / count));
  for (let i = 0; i < count; i++) {
    const part = text.subarray(Math.min(i * size, text.length), Math.min((i + 1) * size, text.length));
    parts.push(frame(i === 0 ? "text" : "continuation", part, { final: i === count - 1 }));
  }
  return Buffer.concat(parts);
}
