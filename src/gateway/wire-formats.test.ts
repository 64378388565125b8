import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import fc from 'fast-check';
import { findExcess, StructureScan } from '../core/json-structure.ts';
import { writeJson } from '../core/wire-json.ts';
import { readForm } from './form.ts';
import { bytesPerTurn, readJsonObject } from './json.ts';
import { RestRoutes } from './rest-routes.ts';
import { endpointVariable } from './unserved.ts';
import { escapeXml, xmlContent } from './xml.ts';

const limits = { depth: 64, values: 10_000 };
const original = StructureScan.prototype.advance;
const originalParse = JSON.parse;

test('any JSON object is read as it is, less its null members', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), async (value) => {
      const reading = await readJsonObject(Buffer.from(JSON.stringify(value)), limits);
      assert.equal(reading.kind, 'input');
      assert.deepEqual(reading.input, withoutNulls(JSON.parse(JSON.stringify(value))));
    }),
  );
});

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}

test('any bytes are read or found malformed, never thrown', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      assert.match((await readJsonObject(Buffer.from(bytes), limits)).kind, /^(input|malformed)$/);
      assert.match(readForm(Buffer.from(bytes).toString('latin1'), limits).kind, /^(input|malformed)$/);
    }),
    { numRuns: 500 },
  );
});

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, member) => sum + countValues(member), 1);
}

test('what is read never holds more values than the limit, and a body that holds fewer is always read', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), fc.nat(40), async (value, values) => {
      const count = countValues(JSON.parse(JSON.stringify(value)));
      const { kind } = await readJsonObject(Buffer.from(JSON.stringify(value)), { depth: 64, values });
      if (count > values + 1) assert.equal(kind, 'malformed');
      // An empty container counts as one that holds something: two at most for each value.
      if (count * 2 <= values) assert.equal(kind, 'input');
    }),
    { numRuns: 1_000 },
  );
});

test('a body with too many values is refused at the first that is too many, and nothing behind it is looked at', async () => {
  for (const [item, opening] of [
    ['null', '{"a":['],
    ['{}', '{"a":['],
    ['"k":1', '{'],
  ] as const) {
    const body = Buffer.from(opening + `${item},`.repeat(200_000));
    const excess = findExcess(body, limits);
    assert.equal(excess?.kind, 'values');
    assert.ok((excess?.at ?? body.length) <= limits.values * (item.length + 1), item);
    const reading = await readJsonObject(body, limits);
    assert.deepEqual(reading, { kind: 'malformed', message: 'The request body holds more than 10000 values.' });
  }
});

test('a form with too many parameters is refused at the first that is too many, empty and envelope ones counted', () => {
  for (const part of ['', 'Action=a', 'X-Amz-Date=a', 'a.b.c.d=e']) {
    const parts = Array.from({ length: 10_001 }, (_, index) => (part === 'a.b.c.d=e' ? `a.${index}.c.d=e` : part));
    const reading = readForm(`${parts.join('&')}&${'.'.repeat(100)}`, limits);
    assert.deepEqual(reading, { kind: 'malformed', message: 'The request holds more than 10000 parameters.' }, part);
  }
});

test('a form with few parameters is refused when their names have too many parts, each part counted once', () => {
  const form = (count: number) => Array.from({ length: count }, (_, index) => `a.${index}.c.d=e`).join('&');
  assert.equal(readForm(form(3_333), limits).kind, 'input');
  const reading = readForm(form(3_334), limits);
  assert.deepEqual(reading, { kind: 'malformed', message: 'The request holds more than 10000 parameters.' });
});

test('bytes that are not UTF-8 are malformed', async () => {
  const message = 'The request body is not valid UTF-8.';
  for (const length of [1, bytesPerTurn]) {
    const body = Buffer.from(`{"a":"${'\xff'.repeat(length)}"}`, 'latin1');
    assert.deepEqual(await readJsonObject(body, limits), { kind: 'malformed', message });
  }
});

test('a body that is looked at in slices has the same excess, wherever they are cut', () => {
  const bytes = fc.array(fc.constantFrom('"', '\\', ',', '{', '}', '[', ']', 'a'), { maxLength: 60 });
  fc.assert(
    fc.property(bytes, fc.nat(6), fc.nat(8), fc.integer({ min: 1, max: 7 }), (parts, depth, values, slice) => {
      const body = Buffer.from(parts.join(''));
      const scan = new StructureScan(body, { depth, values });
      while (scan.advance(slice));
      assert.deepEqual(scan.excess, findExcess(body, { depth, values }));
    }),
    { numRuns: 2_000 },
  );
});

test('of a large body no turn of the event loop looks at more than a slice, and it is parsed in a turn of its own', async () => {
  const slices = 16;
  const text = '\\u0000'.repeat((slices * bytesPerTurn) / 6 - 10);
  const looks: number[] = [];
  let turns = 0;
  const spy = mock.method(StructureScan.prototype, 'advance', function advance(this: StructureScan, bytes: number) {
    looks.push(turns);
    assert.equal(bytes, bytesPerTurn);
    return original.call(this, bytes);
  });
  const parse = mock.method(JSON, 'parse', (given: string) => {
    looks.push(turns);
    return originalParse(given);
  });
  const count = () => {
    turns += 1;
    ticking = setImmediate(count);
  };
  let ticking = setImmediate(count);
  const reading = await readJsonObject(Buffer.from(`{"a":"${text}"}`), limits);
  clearImmediate(ticking);
  spy.mock.restore();
  parse.mock.restore();
  assert.deepEqual(reading, { kind: 'input', input: { a: '\0'.repeat(text.length / 6) } });
  assert.equal(looks.length, slices + 1);
  assert.equal(new Set(looks).size, looks.length, 'two looks in one turn');
});

test('output is written without a copy unless dates or bytes are in it, deep inside too', () => {
  const output = { list: [{ at: new Date(1500) }, { plain: 1 }], bytes: Uint8Array.of(255), none: undefined };
  assert.equal(writeJson(output), '{"list":[{"at":1.5},{"plain":1}],"bytes":"/w=="}');
  assert.ok(output.list[0]?.at instanceof Date, 'the handler keeps its value');
  assert.equal(writeJson(undefined), '{}');
});

function form(text: string): unknown {
  const reading = readForm(text, limits);
  assert.equal(reading.kind, 'input', JSON.stringify(reading));
  return JSON.parse(JSON.stringify(reading.input));
}

test('form parameters nest, in the order of their numbers', () => {
  assert.deepEqual(form('A.member.10=c&A.member.2=b&A.member.1=%C3%BC&B.C=x+y&Action=Z&Version=1&X-Amz-Date=q&E='), {
    A: ['ü', 'b', 'c'],
    B: { C: 'x y' },
    E: '',
  });
  assert.deepEqual(form('T.member.1.Key=k&T.member.1.Value=v&T.member.2.Key=l'), {
    T: [{ Key: 'k', Value: 'v' }, { Key: 'l' }],
  });
  assert.deepEqual(form('M.entry.1.key=a&M.entry.1.value=1&M.entry.2.key=b&M.entry.2.value.X=2'), {
    M: { a: '1', b: { X: '2' } },
  });
  assert.deepEqual(form('M.entry.1.Name=a&M.entry.1.Value.DataType=String'), { M: { a: { DataType: 'String' } } });
});

test('form parameters cannot reach a prototype', () => {
  const reading = readForm('__proto__.polluted=1&constructor.prototype.polluted=1', limits);
  assert.equal(reading.kind, 'input');
  assert.equal(({} as { polluted?: string }).polluted, undefined);
});

test('form parameters that contradict each other, are too many or too deep are malformed', () => {
  for (const text of ['A=1&A=2', 'A=1&A.B=2', 'A.B=2&A=1', `${'A.'.repeat(70)}B=1`, 'A=1&'.repeat(10_001)]) {
    assert.equal(readForm(text, limits).kind, 'malformed', text.slice(0, 20));
  }
});

test('XML escapes what it must and replaces what it cannot hold', () => {
  assert.equal(
    escapeXml(`<a b="c" d='e'>&\r\n\t\u0000${String.fromCharCode(0xd800)}\u{1f600}`),
    '&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;&#13;\n\t\ufffd\ufffd\u{1f600}',
  );
});

test('XML lists, maps and dates have the shapes of the query protocol', () => {
  const output = { L: [1, true], M: new Map([['k', 'v']]), D: new Date(0), E: [], U: undefined };
  assert.equal(
    xmlContent(output),
    '<L><member>1</member><member>true</member></L><M><entry><key>k</key><value>v</value></entry></M><D>1970-01-01T00:00:00Z</D><E></E>',
  );
});

test('a member that the protocol calls a map has the shape of one, wherever it stands', () => {
  assert.equal(
    xmlContent({ S: { M: { k: 'v' } }, N: { k: 'v' } }, ['M']),
    '<S><M><entry><key>k</key><value>v</value></entry></M></S><N><k>v</k></N>',
  );
});

test('a path with several labels gives each its segment, and the last all the rest', () => {
  const routes = new RestRoutes({ X: { method: 'GET', path: '/a/{one}/b.c/{two}' } });
  assert.deepEqual(routes.find('GET', '/a/1%2F2/b.c/3/4'), {
    kind: 'found',
    operation: 'X',
    labels: { one: '1/2', two: '3/4' },
  });
  assert.equal(routes.find('GET', '/a/1/2/bxc/3'), undefined);
  assert.equal(routes.find('GET', '/a/1/b.c/'), undefined);
});

test('endpoint variables have the names that the SDKs look for', () => {
  const names = [
    's3',
    'ec2',
    'dynamodb',
    'logs',
    'states',
    'events',
    'monitoring',
    'secretsmanager',
    'elasticfilesystem',
    'route53',
  ];
  assert.deepEqual(
    names.map((name) => endpointVariable(name).replace('AWS_ENDPOINT_URL_', '')),
    [
      'S3',
      'EC2',
      'DYNAMODB',
      'CLOUDWATCH_LOGS',
      'SFN',
      'EVENTBRIDGE',
      'CLOUDWATCH',
      'SECRETS_MANAGER',
      'EFS',
      'ROUTE_53',
    ],
  );
  assert.equal(endpointVariable('constructor'), 'AWS_ENDPOINT_URL_CONSTRUCTOR');
});
