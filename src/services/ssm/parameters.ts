import type { Scope } from '../../core/arn.ts';
import type { Ledger } from '../../store/index.ts';
import { KeysUnavailable, ValueUnreadable } from '../../vault/index.ts';
import { checkName, readSelection, type Selection } from './names.ts';
import {
  type ParameterRecord,
  type ParameterVersionRecord,
  parameterRecords,
  parameterVersionRecords,
  placeOfVersion,
  versionKey,
} from './records.ts';
import { keyProblem, parameterMissing, versionMissing } from './refusals.ts';
import type { SsmRuntime } from './runtime.ts';

/** The parameter that a name or ARN names, if there is one. */
export function lookUpParameter(ledger: Ledger, scope: Scope, { names }: Selection): ParameterRecord | undefined {
  for (const name of names) {
    const found = ledger.get(parameterRecords, scope, name);
    if (found) return found;
  }
  return undefined;
}

/** The parameter of a name, without version or label. Throws `ParameterNotFound`. */
export function findParameter(ledger: Ledger, scope: Scope, given: string): ParameterRecord {
  const selection = readSelection(scope, given);
  const found = selection && selection.selector === undefined ? lookUpParameter(ledger, scope, selection) : undefined;
  if (!found) throw parameterMissing(given);
  return found;
}

/** The versions of a parameter, the oldest first. */
export function versionsOf(
  ledger: Ledger,
  parameter: ParameterRecord,
  after?: string,
): IteratorObject<ParameterVersionRecord> {
  return ledger.by(parameterVersionRecords, parameter, 'parameter', { value: parameter.name, after });
}

/** A version of a parameter, by its number. Throws `ParameterVersionNotFound`. */
export function findVersion(ledger: Ledger, parameter: ParameterRecord, version: number): ParameterVersionRecord {
  const found = ledger.get(parameterVersionRecords, parameter, versionKey(parameter.name, version));
  if (!found) throw versionMissing(String(version), parameter.name);
  return found;
}

/** The version that a name with or without a number or label names. Throws AWS's errors for what is not there. */
export function selectVersion(ledger: Ledger, scope: Scope, given: string): ParameterVersionRecord {
  const selection = readSelection(scope, given);
  if (!selection) throw parameterMissing(given);
  const [name = ''] = selection.names;
  checkName(name);
  const parameter = lookUpParameter(ledger, scope, selection);
  if (!parameter) throw parameterMissing(name);
  const { selector } = selection;
  if (selector === undefined) return findVersion(ledger, parameter, parameter.version);
  const found = /^[1-9][0-9]{0,15}$/.test(selector)
    ? ledger.get(parameterVersionRecords, parameter, versionKey(parameter.name, Number(selector)))
    : versionsOf(ledger, parameter).find(({ labels }) => labels.includes(selector));
  if (!found) throw versionMissing(selector, parameter.name);
  return found;
}

/** A value as an answer has it: one that is secure, and is not to be decrypted, as its envelope. Throws `InvalidKeyId`. */
export function shownValue({ vault }: SsmRuntime, version: ParameterVersionRecord, withDecryption: boolean): string {
  if (version.kind === 'SecureString' && !withDecryption) return Buffer.from(version.sealed).toString('base64');
  try {
    return vault.open(version.sealed, placeOfVersion(version)).toString();
  } catch (error) {
    if (error instanceof ValueUnreadable) throw keyProblem(`the value cannot be decrypted: ${error.message}.`);
    throw error;
  }
}

/** Throws `InvalidKeyId`. */
export function sealParameterValue({ vault }: SsmRuntime, value: string, place: string): string {
  try {
    return vault.seal(Buffer.from(value), place);
  } catch (error) {
    if (error instanceof KeysUnavailable) throw keyProblem(`the value cannot be encrypted: ${error.message}`);
    throw error;
  }
}
