import { shellWord } from '../../../core/quote-posix.ts';
import type { ContainerSpec } from '../../contract.ts';
import { defaultPath } from '../../default-path.ts';
import { cannotStartContainer } from '../errors.ts';
import { processLimits } from '../limits.ts';

/**
 * A container's whole environment: PATH and HOME unless given, and what its definition and the service give. Throws
 * `CannotStart` for what the kernel passes to no process.
 */
export function environmentOf(container: ContainerSpec, home: string): Readonly<Record<string, string>> {
  const environment = { PATH: defaultPath, HOME: home, ...container.environment, ...container.secrets };
  let total = 0;
  for (const [name, value] of Object.entries(environment)) {
    const bad = name === '' || name.includes('=') || name.includes('\0') || value.includes('\0');
    if (bad) throw cannotStartContainer(`environment variable ${JSON.stringify(name)} cannot be passed to a process`);
    const bytes = Buffer.byteLength(name) + Buffer.byteLength(value) + '=\0'.length;
    if (bytes > processLimits.environmentEntryBytes) throw tooLong(`environment variable ${name}`, bytes);
    total += bytes;
  }
  for (const word of container.command) total += Buffer.byteLength(word) + '\0'.length;
  if (total > processLimits.environmentBytes) {
    throw cannotStartContainer(
      `command and environment have ${total} bytes, more than the ${processLimits.environmentBytes} that a process takes`,
    );
  }
  return environment;
}

function tooLong(what: string, bytes: number): Error {
  return cannotStartContainer(
    `${what} has ${bytes} bytes with its name, more than the ${processLimits.environmentEntryBytes} that a process takes`,
  );
}

/** For bubblewrap's `--args`: the values pass through a pipe, and are on no command line. */
export function asBubblewrapArguments(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `--setenv\0${name}\0${value}\0`)
    .join('');
}

/** For a launcher that reads them from its pipe and evaluates them once it has no privilege left. */
export function asShellExports(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => {
      if (shellName.test(name)) return `export ${name}=${shellWord(value)}\n`;
      throw cannotStartContainer(`environment variable ${name} needs bubblewrap: /bin/sh cannot pass such a name on`);
    })
    .join('');
}

/** The same of those whose names a shell can pass on. */
export function asPossibleExports(environment: Readonly<Record<string, string>>): string {
  return asShellExports(Object.fromEntries(Object.entries(environment).filter(([name]) => shellName.test(name))));
}

const shellName = /^[A-Za-z_][A-Za-z0-9_]*$/;
