import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that a test file started and left behind. */
export interface LeakedProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * Processes that carry `directory` in their environment, command line or working directory. Each test file gets a
 * temporary directory of its own, so that whatever it started, daemons and jobs included, is known by it. Linux only:
 * elsewhere the answer is empty.
 */
export function processesOf(directory: string): readonly LeakedProcess[] {
  return processIds().flatMap((pid) => {
    const command = read(`/proc/${pid}/cmdline`);
    const belongs = [command, read(`/proc/${pid}/environ`), workingDirectory(pid)].some((text) =>
      text.includes(directory),
    );
    return belongs && pid !== process.pid ? [{ pid, command: command.replaceAll('\0', ' ').trim() }] : [];
  });
}

function processIds(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Empty when the process is gone, a zombie, or another user's. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function workingDirectory(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}
