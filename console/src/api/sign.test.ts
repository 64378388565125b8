import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AccountId } from '../../../src/core/ids.ts';
import {
  checkClaim,
  type HttpMessage,
  readSignature,
  rootPrincipal,
  SigningKeyCache,
  verifyClaim,
} from '../../../src/iam/index.ts';
import { restRequest } from './rest-request.ts';
import { type Credentials, signed } from './sign.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const word = fc.stringMatching(/^[\w:.-]{1,20}$/);
/** Without `.` and `..`, which no path has that the console calls. */
const part = fc.stringMatching(/^[a-z][\w:.-]{0,20}$/);

const principal = rootPrincipal('123456789012' as AccountId);

/** What the server makes of a request that whoever has `credentials` is said to have signed. */
function verdict(
  message: HttpMessage,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  now: number,
): string {
  const reading = readSignature(message);
  assert.equal(reading.kind, 'claimed');
  const lookup = (id: string, token: string | undefined) =>
    id === accessKeyId && token === sessionToken
      ? ({ kind: 'found', secretAccessKey, principal } as const)
      : ({ kind: 'unknown' } as const);
  const check = checkClaim(reading.claim, message, { credentials: { lookup }, now });
  return check.kind === 'refused' ? 'refused' : verifyClaim(check.checked, message, new SigningKeyCache()).kind;
}

/** Each member in the query by its own name. */
function boundTo(parts: object) {
  return Object.fromEntries(Object.keys(parts).map((member) => [member, { member }]));
}

test('what is signed here the server takes for signed, and not when it is changed on the way', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
        query: fc.dictionary(word, text, { maxKeys: 4 }),
        path: fc.array(part, { maxLength: 4 }).map((parts) => `/${parts.map(encodeURIComponent).join('/')}`),
        body: text,
        token: fc.option(word, { nil: undefined }),
        secretAccessKey: word,
        now: fc.integer({ min: 0, max: 4e12 }),
        region: fc.stringMatching(/^[a-z]{2}-[a-z]{4,9}-[1-9]$/),
      }),
      async ({ method, query: parts, path, body, token, secretAccessKey, now, region }) => {
        const headers = { 'content-type': 'application/json', 'x-amz-target': 'A.B' };
        const credentials = {
          accessKeyId: 'AKIAX',
          secretAccessKey,
          ...(token !== undefined && { sessionToken: token }),
        };
        const query = restRequest({ method: 'GET', path: '/', query: boundTo(parts) }, parts).query;
        const host = '127.0.0.1:9470';
        const ours = await signed(
          { method, host, path, query, headers, body, service: 'batch', region, now: new Date(now) },
          credentials,
        );
        assert.equal(verdict({ method, path, query, headers: { host, ...ours }, body }, credentials, now), 'verified');
        const changed = { method, path, query, headers: { host, ...ours }, body: `${body}!` };
        assert.equal(verdict(changed, credentials, now), 'refused');
        const asked = { method, path, query: `${query}&z=1`, headers: { host, ...ours }, body };
        assert.equal(verdict(asked, credentials, now), 'refused');
      },
    ),
    { numRuns: 100 },
  );
});
