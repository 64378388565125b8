import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { cbor, dateToTag } from '@smithy/core/cbor';
import { type Response, type RunningGateway, startGateway } from './gateway.fixture.ts';

let running: RunningGateway;
before(async () => {
  running = await startGateway();
});
after(() => running.gateway.close());

const service = 'meter';
const target = '/service/Meter_20100801/operation/';
const headers = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };
const zipped = { 'content-encoding': 'gzip' };

function send(operation: string, body: Uint8Array, more: Record<string, string> = {}): Promise<Response> {
  return running.call({ target: `${target}${operation}`, body, headers: { ...headers, ...more }, service });
}

function json(operation: string, body: string | Uint8Array, more: Record<string, string> = {}): Promise<Response> {
  const own = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `Meter_20100801.${operation}`,
  };
  return running.call({ target: '/', body, headers: { ...own, ...more }, service });
}

function query(body: string | Uint8Array, more: Record<string, string> = {}): Promise<Response> {
  const own = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  return running.call({ target: '/', body, headers: { ...own, ...more }, service });
}

function read({ bytes }: Response): Record<string, unknown> {
  return cbor.deserialize(bytes);
}

test('CBOR names service and operation in its path, and answers with the same members as JSON', async () => {
  const answer = await send('Echo', cbor.serialize({ name: 'abc', size: null }));
  assert.equal(answer.status, 200, answer.body);
  assert.equal(answer.headers['content-type'], 'application/cbor');
  assert.equal(answer.headers['smithy-protocol'], 'rpc-v2-cbor');
  const { input, date, blob, empty, region } = read(answer);
  assert.deepEqual([input, region, empty], [{ name: 'abc' }, 'eu-west-1', undefined]);
  assert.deepEqual({ ...(date as object) }, { ...dateToTag(new Date(1_700_000_000_500)) });
  assert.deepEqual([...(blob as Uint8Array)], [1, 2, 3]);
  const plain = JSON.parse((await json('Echo', '{"name":"abc"}')).body);
  assert.deepEqual([plain.input, plain.date], [{ name: 'abc' }, 1_700_000_000.5]);
});

test('numbers come as integers, as halves, floats and doubles, times as tag 1, lists with and without their length', async () => {
  for (const size of ['05', 'f94500', 'fa40a00000', 'fb4014000000000000', '1b0000000000000005']) {
    const body = Buffer.from(`bf6473697a65${size}ff`, 'hex');
    assert.deepEqual(read(await send('Echo', body)).input, { size: 5 }, size);
  }
  const known = { name: 'abc', items: [{ key: 'a' }, { key: 'b' }] };
  const lists = ['82a1636b65796161a1636b65796162', '9fa1636b65796161bf636b65796162ffff'];
  for (const list of lists) {
    const body = Buffer.from(`bf646e616d6563616263656974656d73${list}ff`, 'hex');
    assert.deepEqual(read(await send('Echo', body)).input, known, list);
  }
  const { input } = read(await send('Echo', cbor.serialize({ nested: { at: dateToTag(new Date(5_500)) } })));
  assert.deepEqual({ ...(input as { nested: { at: object } }).nested.at }, { ...dateToTag(new Date(5_500)) });
});

test('an error says its code in the body, and the code of the query protocol in a header', async () => {
  const answer = await send('Fail', cbor.serialize({ how: 'missing' }));
  const words = 'No <thing> & "missing"';
  assert.deepEqual(read(answer), { __type: 'ThingNotFoundException', resource: 'r-1', message: words });
  assert.equal(answer.status, 404);
  assert.equal(answer.headers['x-amzn-query-error'], 'NoSuchThing;Sender');
  const inJson = await json('Fail', '{"how":"missing"}');
  assert.equal(inJson.headers['x-amzn-query-error'], 'NoSuchThing;Sender');
  assert.match((await query('Action=Fail&Version=2010-08-01&how=missing')).body, /<Code>NoSuchThing<\/Code>/);
  const unknown = await send('Nothing', cbor.serialize({}));
  assert.equal(read(unknown).__type, 'UnknownOperationException');
  const other = await running.call({ target: '/service/Other/operation/Echo', headers, service });
  assert.equal(read(other).__type, 'UnknownOperationException');
});

test('what is no CBOR, too deep, too much or dangerous is refused before anything is made of it', async () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['ff', /not valid CBOR/],
    ['a1', /not valid CBOR/],
    ['a0a0', /not valid CBOR/],
    ['80', /must be a CBOR map/],
    ['a161619bffffffffffffffff', /not valid CBOR/],
    ['a161617bffffffffffffffff', /not valid CBOR/],
    ['a1615b0105', /not valid CBOR/],
    ['a10105', /not valid CBOR/],
    ['a1617ac249010000000000000000', /not valid CBOR/],
    ['a161617f7f6161ffff', /not valid CBOR/],
    ['a1695f5f70726f746f5f5fa16161f5', /no structure has/],
    ['a1616bbf695f5f70726f746f5f5fa0ff', /no structure has/],
    [`a16161${'81'.repeat(100_000)}00`, /nested more than 64 levels/],
    [`a161619a00019000${'00'.repeat(102_400)}`, /more than 10485 values/],
  ];
  for (const [hex, words] of refused) {
    const answer = await send('Echo', Buffer.from(hex, 'hex'));
    assert.equal(answer.status, 400, hex.slice(0, 40));
    const { __type: code, message } = read(answer);
    assert.equal(code, 'SerializationException');
    assert.match(String(message), words, hex.slice(0, 40));
  }
  assert.equal(Object.hasOwn({}, 'a'), false);
});

test('a zipped body is read in every protocol; its signature covers what travels', async () => {
  const inCbor = await send('Echo', gzipSync(cbor.serialize({ name: 'abc' })), zipped);
  assert.deepEqual(read(inCbor).input, { name: 'abc' });
  const inJson = await json('Echo', gzipSync('{"name":"abc"}'), zipped);
  assert.deepEqual(JSON.parse(inJson.body).input, { name: 'abc' });
  const inForm = await query(gzipSync('Action=Echo&Version=2010-08-01&name=abc'), zipped);
  assert.match(inForm.body, /<input><name>abc<\/name><\/input>/);
});

test('what is not gzip is refused in words, and what swells beyond the limit of its operation is not unzipped whole', async () => {
  const broken = await json('Echo', '{"name":"abc"}', zipped);
  assert.deepEqual([broken.status, JSON.parse(broken.body).__type], [400, 'SerializationException']);
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  assert.ok(bomb.length < 100_000);
  for (const answer of [await json('Echo', bomb, zipped), await send('Echo', bomb, zipped)]) {
    assert.equal(answer.status, 413);
    assert.match(answer.body, /larger than 1048576 bytes/);
  }
  const form = await query(bomb, zipped);
  assert.equal(form.status, 413);
});
