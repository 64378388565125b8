import type { ServiceError } from '../../../core/errors.ts';
import { invalidParameter } from '../refusals.ts';

export function invalidPattern(why?: string): ServiceError {
  return invalidParameter(why === undefined ? 'Invalid filter pattern' : `Invalid filter pattern: ${why}`);
}
