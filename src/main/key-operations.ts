import { z } from 'zod';
import { ServiceError } from '../core/errors.ts';
import type { Operation } from '../core/operation.ts';
import { isSystemError, systemErrorWords } from '../core/system-error.ts';
import { type KeyRotation, KeysUnavailable, type Rotated } from '../vault/index.ts';

/** The operation that all values of an installation are sealed anew by. */
export function keyOperations(rotation: Pick<KeyRotation, 'rotate'>) {
  return { RotateKeys: rotateKeys(rotation) };
}

/** What the operator can mend is told, not that something is wrong inside: keys that are damaged, a disk that is full. */
function inWords(error: unknown): unknown {
  if (error instanceof KeysUnavailable) return new ServiceError('ClientException', error.message, { cause: error });
  if (!isSystemError(error)) return error;
  const words = `The keys cannot be written: ${systemErrorWords(error)}. Values stay as they are; ask again when that is mended.`;
  return new ServiceError('ClientException', words, { cause: error });
}

/** Answers when every value is durable under a new key. */
function rotateKeys(rotation: Pick<KeyRotation, 'rotate'>): Operation<Record<string, never>, Rotated> {
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
        throw inWords(error);
      }
    },
  };
}
