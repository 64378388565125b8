import type { KeyValuePair } from '@aws-sdk/client-batch';
import { demand } from '../refusals.ts';

/** Spec 02 §5.3: kept for the variables that the service sets. */
const reservedPrefix = 'AWS_BATCH';

/** Checks environment variables of a definition or an override. */
export function checkEnvironment(environment: readonly KeyValuePair[] | undefined): void {
  for (const { name, value } of environment ?? []) {
    checkVariableName(name);
    checkNoNul(`Value of environment variable ${name}`, value === undefined ? [] : [value]);
  }
}

/** Checks the name of a variable, of a secret's too. */
export function checkVariableName(name: string | undefined): void {
  demand(name, 'Environment variable name is required.');
  const reserved = name.startsWith(reservedPrefix);
  demand(!reserved, `Environment variable name ${name} cannot start with ${reservedPrefix}: it is reserved.`);
  demand(!/[=\0]/.test(name), `Environment variable name ${name} is not valid.`);
}

/** No process can be given a NUL character: the kernel ends every string there. */
export function checkNoNul(what: string, texts: readonly string[] | undefined): void {
  demand(!texts?.some((text) => text.includes('\0')), `${what} has a NUL character.`);
}
