import { execFile } from 'node:child_process';

/** The addresses that host names have on this machine; none for a name that has none, or is not known in time. */
export type ResolveNames = (names: readonly string[]) => Promise<Readonly<Record<string, readonly string[]>>>;

/** Milliseconds from when all names have been asked for. A machine without a network can wait long for a name server. */
const longestLookup = 1_000;

/** Prints a line of JSON for each name as soon as it is known, and ends when all are, or by force: a lookup ends no sooner. */
const script = `
  const { lookup } = require('node:dns/promises');
  for (const name of process.argv.slice(1)) {
    lookup(name, { all: true }).then(
      (found) => console.log(JSON.stringify([name, found.map(({ address }) => address)])),
      () => {},
    );
  }
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${longestLookup}).unref();`;

/** Asks the C library, as SDKs do. In a process of its own: a lookup cannot be broken off, and would keep this one waiting. */
export const resolveNames: ResolveNames = (names) =>
  new Promise((resolve) => {
    execFile(process.execPath, ['-e', script, '--', ...names], (_error, stdout) => resolve(parse(stdout)));
  });

function parse(lines: string): Record<string, readonly string[]> {
  const whole = lines.split('\n').slice(0, -1);
  return Object.fromEntries(whole.map((line) => JSON.parse(line) as [string, string[]]));
}
