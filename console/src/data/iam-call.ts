import type { Call } from '../api/protocol.ts';

export function iamCall(operation: string, input: object): Call {
  return { service: 'iam', operation, input };
}
