import { type CompiledPolicy, compilePolicy, type PolicyKind, readPolicy } from '../../iam/index.ts';
import { invalidInput } from './refusals.ts';

/** Reads policies that a request brings; `PolicyInputList.1` is the name of its first. Throws `InvalidInput`. */
export function readInputPolicies(texts: readonly string[], kind: PolicyKind, list: string): readonly CompiledPolicy[] {
  return texts.map((text, index) => readInputPolicy(text, kind, `${list}.${index + 1}`));
}

/** The same of one. */
export function readInputPolicy(text: string, kind: PolicyKind, id: string): CompiledPolicy {
  const reading = readPolicy(text, kind);
  if (reading.kind === 'policy') return compilePolicy(reading.document, id);
  const place = reading.at ? ` Line ${reading.at.line}, column ${reading.at.column}.` : '';
  throw invalidInput(`${id}: ${reading.message}${place}`);
}
