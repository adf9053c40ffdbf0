import { crc32, deflateRawSync } from "node:zlib";

export interface ZipFile {
  readonly name: string;
  readonly content: Uint8Array | string;
  readonly method?: 0 | 8;
  /** What the archive says instead of the truth. */
  readonly says?: { readonly bytes?: number; readonly crc?: number; readonly flags?: number };
  /** Sizes as 64-bit numbers in the extra field, as archives beyond 4 GiB have them. */
  readonly wide?: boolean;
}

/** A zip archive, as simple as they come. */
export function zipOf(...files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content, method = 8, says = {}, wide = false } of files) {
    const plain = Buffer.from(content);
    const packed = method === 8 ? deflateRawSync(plain) : plain;
    const label = Buffer.from(name);
    const bytes = says.bytes ?? plain.length;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(says.flags ?? 0, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(says.crc ?? crc32(plain), 10);
    common.writeUInt32LE(wide ? 0xffffffff : packed.length, 14);
    common.writeUInt32LE(wide ? 0xffffffff : bytes, 18);
    common.writeUInt16LE(label.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, label, packed]);
    const extra = Buffer.alloc(wide ? 20 : 0);
    if (wide) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(16, 2);
      extra.writeBigUInt64LE(BigInt(bytes), 4);
      extra.writeBigUInt64LE(BigInt(packed.length), 12);
    }
    const central = Buffer.alloc(20);
    common.writeUInt16LE(extra.length, 24);
    central.writeUInt32LE(at, 10);
    const head = [Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, central.subarray(0, 14), label, extra];
    directory.push(Buffer.concat(head));
    parts.push(local);
    at += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, list, end]);
}
