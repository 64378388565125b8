import type { GetSessionTokenCommandInput, GetSessionTokenCommandOutput } from '@aws-sdk/client-sts';
import { z } from 'zod';
import { defineOperation } from '../../core/operation.ts';
import type { Principal } from '../../core/principal.ts';
import { hasOwnKey } from '../../iam/index.ts';
import { describeCredentials, refuseMfa } from './credentials.ts';
import type { StsRuntime } from './runtime.ts';
import { accessDenied } from './session-input.ts';
import { duration, mfaCode, mfaSerialNumber } from './shapes.ts';

/** Seconds. */
export const durations = { shortest: 900, longest: 129_600, usual: 43_200, longestOfRoot: 3600 } as const;

const schema = z.object({
  DurationSeconds: duration(durations.shortest, durations.longest).optional(),
  SerialNumber: mfaSerialNumber.optional(),
  TokenCode: mfaCode.optional(),
});

/** Needs no permission, but long-term credentials. */
export function getSessionToken({ sessions }: StsRuntime) {
  return defineOperation<GetSessionTokenCommandInput, GetSessionTokenCommandOutput>()<z.infer<typeof schema>>({
    schema,
    readOnly: true,
    audit: { kind: 'management', hide: ['TokenCode'], hideAnswer: ['SecretAccessKey', 'SessionToken'] },
    access: () => [],
    handler: (input, { principal, now }) => {
      requireLongTerm(principal, 'GetSessionToken');
      refuseMfa(input.SerialNumber, input.TokenCode);
      const seconds = grantedSeconds(input.DurationSeconds ?? durations.usual, principal);
      const session = { ...principal, session: { issuedAt: now } };
      return { Credentials: describeCredentials(sessions.issue(session, now + seconds * 1000)) };
    },
  });
}

/** Refuses who calls with temporary credentials, and who is no user. */
export function requireLongTerm(principal: Principal, operation: string): void {
  if (hasOwnKey(principal)) return;
  throw accessDenied(`Cannot call ${operation} with session credentials`);
}

/** AWS gives the root user an hour however long it asks for. */
export function grantedSeconds(asked: number, principal: Principal): number {
  return principal.kind === 'root' ? Math.min(asked, durations.longestOfRoot) : asked;
}
