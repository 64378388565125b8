import type { GetSessionTokenCommandInput, GetSessionTokenCommandOutput } from '@aws-sdk/client-sts';
import { z } from 'zod';
import { ServiceError } from '../../core/errors.ts';
import { defineOperation } from '../../core/operation.ts';
import type { Principal } from '../../core/principal.ts';
import type { Sessions } from '../../iam/index.ts';
import { describeCredentials, refuseMfa } from './credentials.ts';
import { duration, mfaCode, mfaSerialNumber } from './shapes.ts';

/** Seconds. AWS gives the root user an hour however long it asks for. */
const durations = { shortest: 900, longest: 129_600, usual: 43_200, longestOfRoot: 3600 } as const;

const schema = z.object({
  DurationSeconds: duration(durations.shortest, durations.longest).optional(),
  SerialNumber: mfaSerialNumber.optional(),
  TokenCode: mfaCode.optional(),
});

/** Needs no permission, but long-term credentials. */
export function getSessionToken(sessions: Sessions) {
  return defineOperation<GetSessionTokenCommandInput, GetSessionTokenCommandOutput>()<z.infer<typeof schema>>({
    schema,
    readOnly: true,
    audit: { kind: 'management', hide: ['TokenCode'], hideAnswer: ['SecretAccessKey', 'SessionToken'] },
    access: () => [],
    handler: (input, { principal, now }) => {
      requireLongTerm(principal);
      refuseMfa(input.SerialNumber, input.TokenCode);
      const seconds = grantedSeconds(input.DurationSeconds ?? durations.usual, principal);
      return { Credentials: describeCredentials(sessions.issue(principal, now + seconds * 1000)) };
    },
  });
}

function requireLongTerm(principal: Principal): void {
  // The ids of temporary credentials begin so, everybody else's with AKIA.
  if (principal.kind === 'root' && !principal.accessKeyId?.startsWith('ASIA')) return;
  throw new ServiceError('AccessDenied', 'Cannot call GetSessionToken with session credentials', { status: 403 });
}

function grantedSeconds(asked: number, principal: Principal): number {
  return principal.kind === 'root' ? Math.min(asked, durations.longestOfRoot) : asked;
}
