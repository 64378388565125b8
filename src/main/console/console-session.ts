import { z } from 'zod';
import { ServiceError } from '../../core/errors.ts';
import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';
import type { Operation } from '../../core/operation.ts';
import type { Principal } from '../../core/principal.ts';
import { type Authority, hasOwnKey, type Sessions } from '../../iam/index.ts';
import { checkAccess } from './check-access.ts';

/** How long a browser stays signed in. */
const sessionTime: Milliseconds = 3_600_000;

export interface CreateConsoleSessionOutput {
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
  readonly expiration: EpochMilliseconds;
  readonly arn: string;
  readonly account: string;
}

/** What browsers sign in with, and ask what they may do. */
export function consoleOperations(sessions: Sessions, authority: Authority) {
  return { CreateConsoleSession: createConsoleSession(sessions), CheckAccess: checkAccess(authority) };
}

/**
 * Gives whoever calls with a key temporary credentials with all that they may do themselves, for an hour. The root user and
 * users only: a session cannot be made longer by another one.
 */
function createConsoleSession(sessions: Sessions): Operation<Record<string, never>, CreateConsoleSessionOutput> {
  return {
    kind: 'operation',
    schema: z.object({}),
    readOnly: true,
    audit: { kind: 'management', hideAnswer: ['secretAccessKey', 'sessionToken'] },
    access: () => [{ action: 'batchyard:CreateConsoleSession', resource: '*' }],
    handler: (_input, { principal, now }) => {
      requireKey(principal);
      const expiration = now + sessionTime;
      const { accessKeyId, secretAccessKey, sessionToken } = sessions.issue(
        { ...principal, session: { issuedAt: now, console: true } },
        expiration,
      );
      const credentials = { accessKeyId, secretAccessKey, sessionToken };
      return { credentials, expiration, arn: principal.arn, account: principal.account };
    },
  };
}

function requireKey(principal: Principal): void {
  if (hasOwnKey(principal)) return;
  const message = 'Sign in to the console with the access key of a user: temporary credentials cannot be made longer.';
  throw new ServiceError('AccessDeniedException', message, { status: 403 });
}
