import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rootPrincipal } from '../principals.ts';
import { canonicalRequest, sha256 } from './canonical.ts';
import type { HttpMessage } from './message.ts';
import { presignRequest, type SigningOptions, signRequest, stringToSign } from './sign.ts';
import { deriveSigningKey, SigningKeyCache } from './signing-key.ts';
import { account, credentials, noon, rootKey, sessions } from './sigv4-requests.fixture.ts';
import { type SignatureRefusal, verifyRequest } from './verify.ts';

const options: SigningOptions = { credentials: rootKey, region: 'us-east-1', service: 'batch', now: noon };
const message: HttpMessage = {
  method: 'POST',
  path: '/v1/submitjob',
  query: '',
  headers: { host: 'localhost' },
  body: '{"jobName":"j"}',
};

function signed(changes: Partial<SigningOptions> = {}, base = message): HttpMessage {
  return { ...base, headers: signRequest(base, { ...options, ...changes }) };
}

function refusal(request: HttpMessage, now = noon): SignatureRefusal {
  const verification = verifyRequest(request, { credentials, keys: new SigningKeyCache(), now });
  assert.equal(verification.kind, 'refused');
  return verification.refusal;
}

function withAuthorization(authorization: string, more: Record<string, string> = {}): HttpMessage {
  return { ...message, headers: { host: 'localhost', 'x-amz-date': '20250615T120000Z', ...more, authorization } };
}

const credential = `Credential=${rootKey.accessKeyId}/20250615/us-east-1/batch/aws4_request`;
const zeros = '0'.repeat(64);

test('a request without any signature is missing its token', () => {
  assert.deepEqual(refusal(message), { kind: 'missing' });
});

test('a header of another scheme, or without its parts, is an incomplete signature', () => {
  const cases: [string, RegExp][] = [
    ['Bearer abc', /must begin with 'AWS4-HMAC-SHA256'/],
    ['AWS4-HMAC-SHA256', /requires 'Credential' parameter\. .*'Signature' parameter\. .*'SignedHeaders' parameter/],
    [`AWS4-HMAC-SHA256 ${credential}`, /requires 'Signature' parameter\. .*requires 'SignedHeaders' parameter/],
    ['AWS4-HMAC-SHA256 Credential', /not a valid key=value pair \(missing equal-sign\)/],
    [
      `AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=${zeros}`,
      /exactly 5 slash-delimited elements.*got 'a\/b'/,
    ],
    [
      `AWS4-HMAC-SHA256 Credential=AK/20250615/us-east-1/batch/aws5, SignedHeaders=host, Signature=${zeros}`,
      /valid terminator: 'aws4_request', not 'aws5'/,
    ],
    [
      `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=x-amz-date, Signature=${zeros}`,
      /^'Host' must be a 'SignedHeader'/,
    ],
    [
      `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=${zeros}`,
      /^'x-amz-date' must be a 'SignedHeader'/,
    ],
    [
      `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=accept;host;x-amz-date, Signature=${zeros}`,
      /^'accept' is named as a SignedHeader, but it does not exist/,
    ],
    [
      `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=constructor;host;x-amz-date, Signature=${zeros}`,
      /^'constructor' is named as a SignedHeader/,
    ],
  ];
  for (const [authorization, words] of cases) {
    const refused = refusal(withAuthorization(authorization));
    assert.equal(refused.kind, 'incomplete', authorization);
    assert.match(refused.message, words);
  }
});

test('a date that is missing or no date at all is an incomplete signature', () => {
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=${zeros}`;
  const dateless = { ...message, headers: { host: 'localhost', authorization } };
  assert.match(JSON.stringify(refusal(dateless)), /existence of either a 'X-Amz-Date' or a 'Date' header/);
  for (const date of ['yesterday', '2025-06-15T12:00:00Z', '20250231T120000Z', '20250615T250000Z']) {
    const refused = refusal(withAuthorization(authorization, { 'x-amz-date': date }));
    assert.match(JSON.stringify(refused), /"incomplete".*ISO-8601 'basic format'. Got '/);
  }
});

test('a request dated by the Date header alone verifies', () => {
  const headers = { host: 'localhost', date: 'Sun, 15 Jun 2025 12:00:00 GMT' };
  const scope = { accessKeyId: rootKey.accessKeyId, date: '20250615', region: 'us-east-1', service: 'batch' };
  const canonical = canonicalRequest({ ...message, headers }, 'batch', ['date', 'host'], sha256(message.body));
  const key = deriveSigningKey(rootKey.secretAccessKey, scope);
  const signature = key.sign(stringToSign('20250615T120000Z', scope, canonical));
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=date;host, Signature=${signature}`;
  const request = { ...message, headers: { ...headers, authorization } };
  const verifier = { credentials, keys: new SigningKeyCache(), now: noon };
  assert.equal(verifyRequest(request, verifier).kind, 'verified');
  const redated = { ...request, headers: { ...request.headers, date: 'Sun, 15 Jun 2025 12:00:01 GMT' } };
  assert.equal(refusal(redated).kind, 'mismatch');
});

test('five minutes of skew are allowed either way, and not one second more', () => {
  for (const offset of [-300_000, 0, 300_000]) {
    const verification = verifyRequest(signed(), { credentials, keys: new SigningKeyCache(), now: noon + offset });
    assert.equal(verification.kind, 'verified');
  }
  assert.deepEqual(refusal(signed(), noon + 301_000), {
    kind: 'mismatch',
    message: 'Signature expired: 20250615T120000Z is now earlier than 20250615T120001Z (20250615T120501Z - 5 min.)',
  });
  assert.deepEqual(refusal(signed(), noon - 301_000), {
    kind: 'mismatch',
    message:
      'Signature not yet current: 20250615T120000Z is still later than 20250615T115959Z (20250615T115459Z + 5 min.)',
  });
});

test('a scope of another day or of no region is refused', () => {
  const yesterday = signed().headers.authorization?.replace('/20250615/', '/20250614/') ?? '';
  const refused = refusal({ ...message, headers: { ...signed().headers, authorization: yesterday } });
  assert.match(JSON.stringify(refused), /"mismatch".*'20250614' != '20250615', from '20250615T120000Z'/);
  assert.match(JSON.stringify(refusal(signed({ region: 'US_EAST' }))), /"mismatch".*valid region, not 'US_EAST'/);
});

test('a wrong secret is a mismatch that shows what should have been signed', () => {
  const refused = refusal(signed({ credentials: { ...rootKey, secretAccessKey: 'wrong' } }));
  assert.equal(refused.kind, 'mismatch');
  assert.match(refused.message, /^The request signature we calculated does not match/);
  assert.match(refused.canonical?.request ?? '', /^POST\n\/v1\/submitjob\n\nhost:localhost\n/);
  assert.match(
    refused.canonical?.stringToSign ?? '',
    /^AWS4-HMAC-SHA256\n20250615T120000Z\n20250615\/us-east-1\/batch\/aws4_request\n/,
  );
});

test('an unknown key, a foreign token and a token of another key are all unknown', () => {
  const session = sessions.issue(rootPrincipal(account), noon + 1000);
  const { sessionToken } = session;
  for (const wrong of [
    { accessKeyId: 'AKIDNOBODY', secretAccessKey: 'x' },
    { ...rootKey, sessionToken },
    { ...session, sessionToken: `Z${sessionToken.slice(1)}` },
    { ...session, sessionToken: `${sessionToken.slice(0, 40)}Q${sessionToken.slice(41)}` },
    { ...session, sessionToken: 'AQ' },
    { accessKeyId: session.accessKeyId, secretAccessKey: session.secretAccessKey },
  ]) {
    assert.deepEqual(refusal(signed({ credentials: wrong })), { kind: 'unknown-key' });
  }
});

test('a session token works until the moment it expires', () => {
  const session = sessions.issue(rootPrincipal(account), noon + 1000);
  const request = signed({ credentials: session });
  assert.equal(verifyRequest(request, { credentials, keys: new SigningKeyCache(), now: noon + 999 }).kind, 'verified');
  assert.deepEqual(refusal(request, noon + 1000), { kind: 'expired-token' });
});

test('a stated body hash must be the hash of the body, and an unsigned payload is not taken', () => {
  for (const stated of ['UNSIGNED-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', zeros]) {
    const headers = { ...signed().headers, 'x-amz-content-sha256': stated };
    assert.match(JSON.stringify(refusal({ ...message, headers })), /"mismatch".*x-amz-content-sha256/);
  }
  const query = presignRequest(
    { ...message, query: 'X-Amz-Content-Sha256=UNSIGNED-PAYLOAD' },
    { ...options, expiresIn: 60 },
  );
  assert.match(JSON.stringify(refusal({ ...message, query })), /"mismatch".*x-amz-content-sha256/);
});

test('a presigned request holds from 1 second to a week', () => {
  for (const expiresIn of [0, 604_801, -1, 1.5, Number.NaN]) {
    const query = presignRequest(message, { ...options, expiresIn });
    assert.match(JSON.stringify(refusal({ ...message, query })), /"incomplete".*X-Amz-Expires must be/);
  }
});

test('a presigned request that lacks or repeats a parameter is incomplete', () => {
  const query = presignRequest(message, { ...options, expiresIn: 60 });
  for (const name of ['Algorithm', 'Credential', 'SignedHeaders', 'Date']) {
    const without = query
      .split('&')
      .filter((part) => !part.startsWith(`X-Amz-${name}=`))
      .join('&');
    assert.match(JSON.stringify(refusal({ ...message, query: without })), new RegExp(`"incomplete".*X-Amz-${name}`));
  }
  assert.match(
    JSON.stringify(refusal({ ...message, query: `${query}&X-Amz-Date=20250615T120000Z` })),
    /must not be repeated/,
  );
});

test('the cache of signing keys is bounded, and forgets a key whose secret changed', () => {
  const keys = new SigningKeyCache(3);
  const scope = { accessKeyId: 'AK', date: '20250615', region: 'us-east-1', service: 'batch' };
  const first = keys.get('secret', scope);
  assert.equal(keys.get('secret', scope), first);
  assert.notEqual(keys.get('another', scope), first);
  for (let index = 0; index < 10; index++) keys.get('secret', { ...scope, region: `region-${index}` });
  assert.equal(keys.size, 3);
});
