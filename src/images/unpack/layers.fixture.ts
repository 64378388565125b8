import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { pack } from 'tar-stream';
import type { LayerFile } from './request.ts';

/** An entry of a tar as a test writes it; `text` is what a file holds. */
export type TestEntry = Partial<Parameters<ReturnType<typeof pack>['entry']>[0]> & {
  readonly name: string;
  readonly text?: string | Buffer;
};

export function file(name: string, text: string | Buffer = '', more: Partial<TestEntry> = {}): TestEntry {
  return { name, type: 'file', mode: 0o644, text, ...more };
}

export function directory(name: string, mode = 0o755): TestEntry {
  return { name, type: 'directory', mode };
}

export function symlink(name: string, linkname: string): TestEntry {
  return { name, type: 'symlink', linkname, mode: 0o777 };
}

export function hardLink(name: string, linkname: string): TestEntry {
  return { name, type: 'link', linkname, mode: 0o644 };
}

/** A tar with those entries, in that order, whatever is wrong with them. */
export async function tar(entries: readonly TestEntry[]): Promise<Buffer> {
  const packer = pack();
  for (const { text, ...header } of entries)
    packer.entry({ mtime: new Date(1_600_000_000_000), ...header }, text ?? '');
  packer.finalize();
  return buffer(packer as unknown as AsyncIterable<Buffer>);
}

/** A layer in a file of `directory`. `packed` is what the file is to hold, where that is not the tar itself. */
export function layerFile(directory: string, content: Buffer, packed: Buffer = content): LayerFile {
  const diffId = `sha256:${createHash('sha256').update(content).digest('hex')}` as const;
  const path = join(directory, `layer-${diffId.slice(7, 19)}-${packed.length}`);
  writeFileSync(path, packed);
  return { path, mediaType: 'application/vnd.oci.image.layer.v1.tar', diffId };
}

/** A directory that is gone after the test. */
export function temporary(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'unpack-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

interface RawHeader {
  readonly name: string;
  /** As tar has it: `0` a file, `5` a directory. */
  readonly type?: string;
  readonly mode?: number;
  readonly size: number;
}

/** A header that a writer of tars would not make. */
export function rawHeader({ name, type = '0', mode = 0o644, size }: RawHeader): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 'latin1');
  header.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  writeSize(header, size);
  header.write('00000000000\0', 136);
  header.write(type, 156);
  header.write('ustar\u{0}00', 257);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** In octal digits, or as GNU writes what is too large or less than nothing. */
function writeSize(header: Buffer, size: number): void {
  if (size >= 0 && size < 8 ** 11) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  else {
    header.fill(size < 0 ? 0xff : 0, 124, 136);
    header.writeBigInt64BE(BigInt(size), 128);
    if (size >= 0) header[124] = 0x80;
  }
}
