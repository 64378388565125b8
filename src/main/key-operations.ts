import { z } from 'zod';
import { ServiceError } from '../core/errors.ts';
import type { Operation, ServiceDefinition } from '../core/operation.ts';
import { type KeyRotation, KeysUnavailable, type Rotated } from '../vault/index.ts';

/** Batchyard's own service, with the operation that all values of an installation are sealed anew by. */
export function withKeyOperations(batchyard: ServiceDefinition, rotation: KeyRotation): ServiceDefinition {
  const { protocol } = batchyard;
  if (protocol.kind !== 'restJson1') throw new Error('the operations of Batchyard have paths');
  const RotateKeys = { method: 'POST', path: '/batchyard/v1/rotatekeys' } as const;
  return {
    ...batchyard,
    protocol: { ...protocol, bindings: { ...protocol.bindings, RotateKeys } },
    operations: { ...batchyard.operations, RotateKeys: rotateKeys(rotation) },
  };
}

/** Answers when every value is durable under a new key. */
function rotateKeys(rotation: KeyRotation): Operation<Record<string, never>, Rotated> {
  return {
    kind: 'operation',
    schema: z.object({}),
    readOnly: false,
    audit: 'management',
    access: () => [{ action: 'batchyard:RotateKeys', resource: '*' }],
    handler: async () => {
      try {
        return await rotation.rotate();
      } catch (error) {
        if (error instanceof KeysUnavailable)
          throw new ServiceError('ClientException', error.message, { cause: error });
        throw error;
      }
    },
  };
}
