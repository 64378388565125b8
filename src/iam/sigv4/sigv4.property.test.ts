import assert from 'node:assert/strict';
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { rootPrincipal } from '../principals.ts';
import { readSignature } from './claim.ts';
import { decodeWire } from './encoding.ts';
import type { HttpMessage } from './message.ts';
import { presignRequest, signRequest } from './sign.ts';
import { SigningKey, SigningKeyCache } from './signing-key.ts';
import {
  account,
  anyMessage,
  anyRegion,
  anyService,
  credentials,
  noon,
  rootKey,
  sessions,
} from './sigv4-requests.fixture.ts';
import { verifyRequest } from './verify.ts';

const verifier = { credentials, keys: new SigningKeyCache(), now: noon };

function sign(message: HttpMessage, region = 'us-east-1', service = 'batch'): HttpMessage {
  return { ...message, headers: signRequest(message, { credentials: rootKey, region, service, now: noon }) };
}

test('a request signed by headers verifies as the root user, in its region and service', () => {
  fc.assert(
    fc.property(anyMessage, anyRegion, anyService, (message, region, service) => {
      const verification = verifyRequest(sign(message, region, service), verifier);
      assert.equal(verification.kind, 'verified');
      assert.deepEqual(verification.principal, rootPrincipal(account, rootKey.accessKeyId));
      assert.equal(verification.scope.region, region);
      assert.equal(verification.scope.service, service);
    }),
  );
});

test('a presigned request verifies until it expires', () => {
  fc.assert(
    fc.property(anyMessage, fc.integer({ min: 1, max: 604_800 }), (message, expiresIn) => {
      const options = { credentials: rootKey, region: 'us-east-1', service: 'sts', now: noon, expiresIn };
      const presigned = { ...message, query: presignRequest(message, options) };
      const end = noon + expiresIn * 1000;
      assert.equal(verifyRequest(presigned, { ...verifier, now: end }).kind, 'verified');
      const late = verifyRequest(presigned, { ...verifier, now: end + 1 });
      assert.deepEqual(late, { kind: 'refused', refusal: { kind: 'request-expired' } });
    }),
  );
});

test('a request signed with a session token verifies as its principal, by headers and by query', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      const principal = rootPrincipal(account);
      const session = sessions.issue(principal, noon + 3_600_000);
      const options = { credentials: session, region: 'us-east-1', service: 'logs', now: noon };
      const byHeaders = verifyRequest({ ...message, headers: signRequest(message, options) }, verifier);
      const query = presignRequest(message, { ...options, expiresIn: 60 });
      for (const verification of [byHeaders, verifyRequest({ ...message, query }, verifier)]) {
        assert.equal(verification.kind, 'verified');
        assert.deepEqual(verification.principal, rootPrincipal(account, session.accessKeyId));
      }
    }),
  );
});

/** Replaces the character at `index` (counted round) by another that means something else everywhere. */
function alter(text: string, index: number): string {
  const at = index % text.length;
  const other = text.charAt(at) === 'Q' ? 'W' : 'Q';
  return text.slice(0, at) + other + text.slice(at + 1);
}

/** Query strings mean their decoded pairs; an altered one may mean the same, as `%2f` and `%2F` do. */
function meaning(query: string): string {
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      return JSON.stringify([
        decodeWire(equals < 0 ? part : part.slice(0, equals)),
        equals < 0 ? '' : decodeWire(part.slice(equals + 1)),
      ]);
    })
    .sort()
    .join();
}

test('changing any one character of a signed request refuses it', () => {
  const part = fc.constantFrom('method', 'path', 'query', 'body', 'header', 'authorization');
  fc.assert(
    fc.property(anyMessage, part, fc.nat(), fc.nat(), (message, changed, at, which) => {
      const signed = sign(message);
      const altered = alterPart(signed, changed, at, which);
      fc.pre(altered !== undefined);
      assert.equal(verifyRequest(altered, verifier).kind, 'refused');
    }),
    { numRuns: 500 },
  );
});

function alterPart(signed: HttpMessage, part: string, at: number, which: number): HttpMessage | undefined {
  switch (part) {
    case 'method':
      return { ...signed, method: alter(signed.method, at) };
    case 'path': {
      // A change beside a dot segment may leave the canonical path as it was.
      if (signed.path.length < 2 || /\/\.{0,2}(\/|$)/.test(signed.path)) return undefined;
      return { ...signed, path: `/${alter(signed.path.slice(1), at)}` };
    }
    case 'query': {
      const query = signed.query === '' ? 'added=1' : alter(signed.query, at);
      return meaning(query) === meaning(signed.query) ? undefined : { ...signed, query };
    }
    case 'body':
      return { ...signed, body: Buffer.concat([Buffer.from(signed.body), Buffer.from('x')]) };
    case 'header': {
      const names = Object.keys(signed.headers).filter(
        (name) => name !== 'authorization' && signed.headers[name]?.trim(),
      );
      const name = names[which % names.length] ?? 'host';
      const value = signed.headers[name]?.trim() ?? '';
      const altered = alter(value, at);
      // A blank inside a run of blanks does not count.
      if (value.charAt(at % value.length) === ' ') return undefined;
      return { ...signed, headers: { ...signed.headers, [name]: altered } };
    }
    default:
      return {
        ...signed,
        headers: { ...signed.headers, authorization: alter(signed.headers.authorization ?? '', at) },
      };
  }
}

type SourceData = string | ArrayBuffer | ArrayBufferView;

function bytesOf(data: SourceData): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** SHA-256 in the shape that the SDK's signer takes. */
class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: SourceData) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }
  update(data: SourceData): void {
    this.#hash.update(bytesOf(data));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {}
}

function queryBag(query: string): Record<string, string | string[]> {
  const bag: Record<string, string[]> = Object.create(null);
  for (const part of query.split('&').filter((text) => text !== '')) {
    const [name = '', value = ''] = part.split('=').map(decodeURIComponent);
    bag[name] = [...(bag[name] ?? []), value];
  }
  return bag;
}

test("the signature is the one that the SDK's own signer makes", async () => {
  await fc.assert(
    fc.asyncProperty(anyMessage, anyRegion, anyService, async (message, region, service) => {
      const signer = new SignatureV4({ credentials: rootKey, region, service, sha256: Sha256, applyChecksum: true });
      const request = {
        ...message,
        headers: { ...message.headers },
        query: queryBag(message.query),
        protocol: 'http:',
        hostname: 'localhost',
      };
      const theirs = await signer.sign(request, { signingDate: new Date(noon) });
      const ours = signRequest(message, { credentials: rootKey, region, service, now: noon });
      assert.equal(ours.authorization, theirs.headers.authorization);
      const verification = verifyRequest({ ...message, headers: theirs.headers }, verifier);
      assert.equal(verification.kind, 'verified');
    }),
    { numRuns: 200 },
  );
});

test("a request presigned by the SDK's own signer verifies", async () => {
  await fc.assert(
    fc.asyncProperty(anyMessage, async (message) => {
      const headers = { host: 'localhost:9470' };
      const signer = new SignatureV4({ credentials: rootKey, region: 'us-east-1', service: 'sts', sha256: Sha256 });
      const request = { ...message, headers, query: queryBag(message.query), protocol: 'http:', hostname: 'localhost' };
      const presigned = await signer.presign(request, { signingDate: new Date(noon), expiresIn: 60 });
      const query = Object.entries(presigned.query ?? {})
        .flatMap(([name, value]) =>
          [value ?? []].flat().map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(each)}`),
        )
        .join('&');
      assert.equal(verifyRequest({ ...message, headers, query }, verifier).kind, 'verified');
    }),
  );
});

test("an HMAC of two one-shot hashes is that of Node's own, text after text", () => {
  const key = fc.uint8Array({ maxLength: 64 });
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: 'binary', minLength: 100, maxLength: 700, size: 'max' }),
  );
  fc.assert(
    fc.property(key, fc.array(text, { minLength: 1, maxLength: 4 }), (bytes, texts) => {
      const signing = new SigningKey(bytes);
      for (const each of texts) {
        assert.equal(signing.sign(each), createHmac('sha256', bytes).update(each).digest('hex'));
      }
    }),
    { numRuns: 300 },
  );
  assert.throws(() => new SigningKey(new Uint8Array(65)), RangeError);
});

test('an Authorization header reads the same whether its part before the signature is remembered or not', () => {
  const credential = fc.constantFrom(
    'AK/20250615/us-east-1/batch/aws4_request',
    'AK/20250615/us-east-1/batch',
    'AK',
    '',
  );
  const signature = fc.oneof(
    fc.constantFrom('a', '0').map((digit) => digit.repeat(64)),
    fc.constantFrom('', 'A'.repeat(64), `${'a'.repeat(60)} aaa`, `${'a'.repeat(40)},${'b'.repeat(64)}`),
  );
  const parameter = fc.oneof(
    credential.map((value) => `Credential=${value}`),
    fc.constantFrom('SignedHeaders=host;x-amz-date', 'SignedHeaders=host', 'SignedHeaders=', 'Other=1', 'none', ''),
    fc
      .tuple(fc.constantFrom('Signature', 'xSignature', 'signature', ' Signature'), signature)
      .map((pair) => pair.join('=')),
  );
  const usualParameters = [
    'Credential=AK/20250615/us-east-1/batch/aws4_request',
    'SignedHeaders=host',
    `Signature=${'0'.repeat(64)}`,
    `Signature=${'a'.repeat(64)}`,
    `xSignature=${'a'.repeat(64)}`,
  ];
  const header = fc
    .tuple(
      fc.constantFrom('AWS4-HMAC-SHA256 ', 'AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA512 ', ' AWS4-HMAC-SHA256  '),
      fc.oneof(
        fc.array(parameter, { maxLength: 5 }),
        fc.shuffledSubarray(usualParameters),
        fc.tuple(
          credential.map((value) => `Credential=${value}`),
          parameter,
          signature.map((value) => `Signature=${value}`),
        ),
      ),
      fc.constantFrom(', ', ',', ' ,', ' '),
    )
    .map(([algorithm, parameters, separator]) => algorithm + parameters.join(separator));
  fc.assert(
    fc.property(header, fc.constantFrom('20250615T120000Z', 'no date', undefined), (authorization, date) => {
      const read = (text: string) =>
        readSignature({ method: 'GET', path: '/', query: '', headers: { authorization: text, 'x-amz-date': date } });
      // A blank at the end means nothing, and keeps a header from being remembered.
      assert.deepEqual(read(authorization), read(`${authorization} `));
    }),
    { numRuns: 5_000 },
  );
});

test('every escape of two hexadecimal digits is its byte, a plus a blank, and all else stands for itself', () => {
  const part = fc.constantFrom('%41', '%e2', '%C3', '%zz', '%4', '%', '+', 'a', '\xff', '%%20', '%g1');
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const wire = parts.join('');
      const expected = wire
        .replaceAll('+', ' ')
        .replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
      assert.equal(decodeWire(wire), expected);
    }),
  );
});
