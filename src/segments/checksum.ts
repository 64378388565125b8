import { crc32 } from 'node:zlib';

/**
 * A call into zlib costs about 180 ns whatever it sums, a table lookup loop 1.2 ns a byte: below this many bytes the
 * loop wins (measured: 100 bytes in 127 ns against 181 ns).
 */
const shortPayloadBytes = 144;
const tables = buildTables();

/** The CRC-32 of `payload`, continued from `seed`: what `crc32` of node:zlib gives, faster for short log lines. */
export function checksumOf(payload: Uint8Array, seed: number): number {
  return payload.length > shortPayloadBytes ? crc32(payload, seed) : sumShort(payload, seed);
}

/** Eight bytes a step, by eight tables ("slicing by 8"); `at` is inside the tables whatever the bytes are. */
function sumShort(payload: Uint8Array, seed: number): number {
  let sum = ~seed;
  let index = 0;
  for (const end = payload.length - 7; index < end; index += 8) {
    sum ^= byte(payload, index) | (byte(payload, index + 1) << 8);
    sum ^= (byte(payload, index + 2) << 16) | (byte(payload, index + 3) << 24);
    sum =
      at(1792 + (sum & 255)) ^
      at(1536 + ((sum >>> 8) & 255)) ^
      at(1280 + ((sum >>> 16) & 255)) ^
      at(1024 + (sum >>> 24)) ^
      at(768 + byte(payload, index + 4)) ^
      at(512 + byte(payload, index + 5)) ^
      at(256 + byte(payload, index + 6)) ^
      at(byte(payload, index + 7));
  }
  for (; index < payload.length; index += 1) sum = at((sum ^ byte(payload, index)) & 255) ^ (sum >>> 8);
  return ~sum >>> 0;
}

function byte(payload: Uint8Array, index: number): number {
  return payload[index] as number;
}

function at(index: number): number {
  return tables[index] as number;
}

function buildTables(): Int32Array {
  const built = new Int32Array(8 * 256);
  for (let value = 0; value < 256; value += 1) {
    let sum = value;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
    built[value] = sum;
  }
  for (let index = 256; index < built.length; index += 1) {
    const before = built[index - 256] as number;
    built[index] = (built[before & 255] as number) ^ (before >>> 8);
  }
  return built;
}
