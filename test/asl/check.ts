import type { DiagnosticCode } from '../../src/asl/index.ts';
import type { CheckCase } from './case.ts';

export type Find = CheckCase['finds'][number];
export const schema = (at: string, message?: string): Find => find('SCHEMA_VALIDATION_FAILED', at, message);
export const find = (code: DiagnosticCode, at?: string, message?: string): Find => ({
  code,
  ...(at === undefined ? {} : { at }),
  ...(message === undefined ? {} : { message }),
});

export function check(
  name: string,
  proves: string,
  definition: object | string,
  finds: readonly Find[],
  more: Partial<CheckCase> = {},
): CheckCase {
  return { name, proves, definition, finds, ...more };
}
