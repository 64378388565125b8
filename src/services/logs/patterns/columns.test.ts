import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awsError } from '../logs-fixture.ts';
import { compilePattern } from './index.ts';

const get = (status: number, bytes: number) =>
  `127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" ${status} ${bytes}`;
const page = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';

const cases: readonly (readonly [pattern: string, message: string, matches: boolean])[] = [
  ['[ip, user, username, timestamp, request, status_code, bytes]', get(200, 1), true],
  ['[ip, user, username, timestamp, request, status_code]', get(200, 1), false],
  ['[..., status_code, bytes]', get(200, 1), true],
  ['[ip, user, ...]', get(200, 1), true],
  ['[ip, user, ..., status_code = 4*, bytes]', get(404, 1), true],
  ['[ip, user, ..., status_code = 4*, bytes]', get(200, 4), false],
  ['[ip, user, username, timestamp, request, status_code, bytes > 1000]', get(200, 1534), true],
  ['[ip, user, username, timestamp, request, status_code, bytes > 1000]', get(200, 15), false],
  ['[ip, user, username, timestamp, request = *html*, status_code = 4*, bytes]', page, true],
  ['[ip, user, username, timestamp, request, status_code = 4* && bytes > 1000, bytes]', page, false],
  ['[..., status_code = 403 || status_code = 404, bytes]', get(404, 1), true],
  ['[..., status_code = 403 || status_code = 404, bytes]', get(405, 1), false],
  ['[..., status_code = 404.0, bytes]', get(404, 1), true],
  ['[w1=ERROR, w2]', 'ERROR message', true],
  ['[w1=ERROR, w2]', 'ERROR WARN message', false],
  ['[w1=ERROR || w1=WARN, w2]', 'WARN message', true],
  ['[(w1=ERROR || w1=WARN) && w1!=W*, w2]', 'WARN message', false],
  ['[w1!=ERROR&&w1!=WARN, w2]', 'INFO message', true],
  ['[ip=%127\\.0\\.0\\.[1-9]%, ...]', get(200, 1), true],
  ['[ip!=%127\\.0\\.0\\.[1-9]%, ...]', get(200, 1), false],
  ['[a, b]', '[not closed', true],
  ['[a, b]', '"quoted text"more', true],
  ['[a]', '"one field"', true],
  ['[]', 'word', true],
  ['[...]', '', true],
  ['[a]', '', false],
];

for (const [pattern, message, expected] of cases) {
  test(`${pattern} ${expected ? 'matches' : 'does not match'} ${message}`, () => {
    // A condition on another column than its own is none that a column can have.
    if (pattern.includes('&& bytes')) {
      assert.throws(() => compilePattern(pattern), awsError('InvalidParameterException', /two names/));
      return;
    }
    const compiled = compilePattern(pattern);
    assert.equal(compiled.matches(message), expected);
    if (expected) assert.ok(compiled.mayMatch(Buffer.from(message)), 'the search by bytes passes over it');
  });
}

test('fields are known by the names of their columns, and by numbers where those have none', () => {
  const { valuesIn } = compilePattern('[..., request=*.html*, status_code=4*,]');
  assert.deepEqual(valuesIn(page), {
    ...{ $1: '127.0.0.1', $2: '-', $3: 'frank', $4: '10/Oct/2000:13:25:15 -0700' },
    ...{ $request: 'GET /index.html HTTP/1.0', $status_code: '404', $7: '1534' },
  });
  assert.deepEqual(valuesIn('too short'), {});
});

test('malformed columns are refused', () => {
  const refused = (pattern: string) =>
    assert.throws(() => compilePattern(pattern), awsError('InvalidParameterException', /^Invalid filter pattern/));
  for (const pattern of ['[', '[a', '[a] b', '[..., a, ...]', '[a = ]', '[a b]', '[a > x]', '[a = 1 & a = 2]'])
    refused(pattern);
});

test('a line of nothing but what opens a field takes time that grows with its length alone', () => {
  // Each of them would look through the whole rest: 10,000 million characters.
  const line = '[a '.repeat(80_000);
  assert.equal(compilePattern('[a, ...]').matches(line), true);
  assert.equal(compilePattern('[a, ...]').matches(`${line}]x`), true);
});
