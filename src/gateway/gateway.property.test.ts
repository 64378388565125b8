import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type RunningGateway, sendRaw, sign, startGateway } from './gateway.fixture.ts';

let running: RunningGateway;
let open: RunningGateway;
before(async () => {
  running = await startGateway();
  open = await startGateway({ authMode: 'none' });
});
after(() => Promise.all([running.gateway.close(), open.gateway.close()]));

const text = fc.string({ unit: 'binary-ascii', maxLength: 40 }).map((value) => value.replace(/[^!-~]/g, ''));
const target = fc.oneof(
  fc.constantFrom(
    '/',
    '/v1/echo',
    '/v1/fail',
    '/v1/later',
    '/v1/things/x',
    '/v1/things/%zz%',
    '/v1/echo/../fail',
    '//',
    '*',
  ),
  text.map((rest) => `/${rest}`),
  text.map((rest) => `/v1/things/${rest}?tagKeys=${rest}&all`),
);
const method = fc.constantFrom(
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'QUERY',
);
const body = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc.constantFrom(
    '',
    '{',
    'null',
    '[]',
    '{"name":null}',
    '{"__proto__":{"a":1}}',
    '{"how":"x"}',
    'Action=Echo&Version=2010-03-31',
    'Action=Echo&items=1&items.member.1=2',
  ),
  fc.string({ maxLength: 60 }),
);
const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'application/x-amz-json-1.1',
      'application/x-www-form-urlencoded',
      'text/plain;',
      ';;',
      'multipart/form-data',
    ),
    'x-amz-target': fc.oneof(
      fc.constantFrom('Logs_20140328.Echo', 'Logs_20140328.', '.', 'Logs_20140328.__proto__'),
      text,
    ),
    'x-amz-content-sha256': fc.constantFrom('UNSIGNED-PAYLOAD', '0', ''),
    'x-amz-date': fc.oneof(fc.constantFrom('20231114T221320Z', '99999999T999999Z', ''), text),
    'x-amz-security-token': text,
    'smithy-protocol': fc.constantFrom('rpc-v2-cbor', 'x'),
    date: text,
    authorization: fc.oneof(
      text,
      text.map((rest) => `AWS4-HMAC-SHA256 ${rest}`),
      fc
        .tuple(text, text, text, text)
        .map(
          ([key, service, signed, signature]) =>
            `AWS4-HMAC-SHA256 Credential=${key}/20231114/us-east-1/${service}/aws4_request, SignedHeaders=host;${signed}, Signature=${signature}`,
        ),
    ),
  },
  { requiredKeys: [] },
);
const service = fc.constantFrom('batch', 'logs', 'sns', 'sts', 's3', 'ec2', '__proto__');

/** Statuses of all answers on the connection; `undefined` if the server hung up without one. */
function statuses(raw: string): number[] {
  return [...raw.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map((match) => Number(match[1]));
}

test('no request, signed or not, gets a 5xx or is hung up on', async () => {
  await fc.assert(
    fc.asyncProperty(method, target, headers, body, service, fc.boolean(), fc.boolean(), async (...request) => {
      const [verb, path, extra, payload, signedFor, signed, anybody] = request;
      const gateway = anybody ? open : running;
      const { port } = gateway.address;
      const call = { method: verb, target: path, headers: extra, body: payload, service: signedFor };
      const sent = signed ? sign(call, port, gateway.clock.now()) : { host: 'localhost', ...extra };
      const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}`);
      const length = `content-length: ${Buffer.byteLength(payload)}`;
      const head = [`${verb} ${path} HTTP/1.1`, ...lines, length, 'connection: close'].join('\r\n');
      const bytes = Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(`\r\n\r\n${payload}`)]).toString('latin1');
      const answered = statuses(await sendRaw(port, bytes));
      assert.equal(answered.length, 1, 'one answer');
      assert.ok((answered[0] ?? 500) < 500, `status ${answered[0]}`);
    }),
    { numRuns: 400 },
  );
});

test('no bytes at all crash the server', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 100 }), async (bytes) => {
      const raw = `${Buffer.from(bytes).toString('latin1')}\r\n\r\n\x00\r\n\r\n`;
      for (const status of statuses(await sendRaw(running.address.port, raw))) assert.ok(status < 500);
    }),
    { numRuns: 100 },
  );
  const alive = await running.send({ method: 'GET', target: '/healthz' });
  assert.equal(alive.status, 200);
});
