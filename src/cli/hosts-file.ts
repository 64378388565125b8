import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Names that an address shall have. */
export interface HostsEntry {
  readonly address: string;
  readonly names: readonly string[];
}

/** What a hosts file needs for an entry. */
export type HostsChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'line'; readonly line: string }
  /** The file gives one of the names another address of the same family: which of the two counts is not ours to say. */
  | { readonly kind: 'conflict'; readonly name: string; readonly address: string; readonly lineNumber: number };

/** By this a reader knows whose the line is, and what may be removed. */
const mark = '# batchyard';

/** What must be added to a hosts file of this content: one line of the names that the address does not have there yet. */
export function planEntry(content: string, { address, names }: HostsEntry): HostsChange {
  const known = new Set<string>();
  for (const [index, line] of content.split('\n').entries()) {
    const [given = '', ...theirs] = line.replace(/#.*/, '').trim().split(/\s+/);
    for (const name of theirs.map((each) => each.toLowerCase()).filter((each) => names.includes(each))) {
      if (given === address) known.add(name);
      else if (given.includes(':') === address.includes(':'))
        return { kind: 'conflict', name, address: given, lineNumber: index + 1 };
    }
  }
  const missing = names.filter((name) => !known.has(name));
  return missing.length === 0 ? { kind: 'none' } : { kind: 'line', line: `${address} ${missing.join(' ')} ${mark}` };
}

/** Empty if there is no such file, as in some containers. Throws what the system refuses. */
export function readHosts(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/**
 * Appends a line in one write, so that a reader sees all of it or nothing. The file stays the same one: in a container it is a
 * mount, over which nothing can be renamed. Throws what the system refuses.
 */
export function appendLine(file: string, content: string, line: string): void {
  const descriptor = openSync(file, 'a', 0o644);
  try {
    writeSync(descriptor, `${content === '' || content.endsWith('\n') ? '' : '\n'}${line}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
