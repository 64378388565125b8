import { closeSync, openSync, readSync } from 'node:fs';

const buffer = Buffer.allocUnsafe(16 * 1024);

/**
 * The text of a file of the kernel's; undefined if it cannot be read. In three system calls where `readFileSync` takes
 * five: the end of a job reads several, and a look at all processes hundreds.
 */
export function readKernelFile(path: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    return readAll(descriptor);
  } catch {
    return undefined; // the process or group went meanwhile
  } finally {
    closeSync(descriptor);
  }
}

/** The kernel gives all that fits: only a full buffer can have more behind it. */
function readAll(descriptor: number): string {
  let text = '';
  for (;;) {
    const count = readSync(descriptor, buffer, 0, buffer.length, null);
    text += buffer.toString('latin1', 0, count);
    if (count < buffer.length) return text;
  }
}
