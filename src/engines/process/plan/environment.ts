import type { ContainerSpec } from '../../contract.ts';
import { cannotStartContainer } from '../errors.ts';
import { shellWord } from '../shell-word.ts';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A container's whole environment: PATH and HOME unless given, and what its definition and the service give. */
export function environmentOf(container: ContainerSpec, home: string): Readonly<Record<string, string>> {
  const environment = { PATH: defaultPath, HOME: home, ...container.environment, ...container.secrets };
  for (const [name, value] of Object.entries(environment)) {
    const bad = name === '' || name.includes('=') || name.includes('\0') || value.includes('\0');
    if (bad) throw cannotStartContainer(`environment variable ${JSON.stringify(name)} cannot be passed to a process`);
  }
  return environment;
}

/** For bubblewrap's `--args`: the values pass through a pipe, and are on no command line. */
export function asBubblewrapArguments(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `--setenv\0${name}\0${value}\0`)
    .join('');
}

/** For a launcher that reads them from its pipe and evaluates them. */
export function asShellExports(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => {
      if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `export ${name}=${shellWord(value)}\n`;
      throw cannotStartContainer(`environment variable ${name} needs bubblewrap: /bin/sh cannot pass such a name on`);
    })
    .join('');
}
