import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileQuery, MalformedQuery, QueryFailed } from './index.ts';

const begin = Date.UTC(2026, 0, 31, 23, 59, 58);

/** The rows of a query over messages, a second apart, as objects without pointers. */
function rowsOf(query: string, messages: readonly string[]): Record<string, string>[] {
  const compiled = compileQuery(query, { now: begin });
  const run = compiled.begin();
  for (const [index, message] of messages.entries()) {
    const payload = Buffer.from(message);
    const [timestamp, pointer] = [begin + index * 1_000, () => `p${index}`];
    const event = { timestamp, ingestedAt: timestamp, payload, logStream: 's', log: '1:g', pointer };
    if (compiled.mayMatch(payload)) run.push(event);
  }
  return run.finish().map((row) => {
    const { '@ptr': _, ...shown } = Object.fromEntries(row.map(({ field, value }) => [field, value]));
    return shown;
  });
}

function foundBy(expression: string, message = '{}'): string | undefined {
  return rowsOf(`fields ${expression} as found`, [message])[0]?.found;
}

const expressions: readonly (readonly [expression: string, value: string | undefined])[] = [
  ['1 + 2 * 3 - 4 / 2', '5'],
  ['(1 + 2) * 3 % 5', '4'],
  ['2 ^ 3 ^ 2', '512'],
  ['-2 + 1', '-1'],
  ['1 / 0', undefined],
  ['none + 1', undefined],
  ['abs(-1.5)', '1.5'],
  ['ceil(1.2) + floor(1.8)', '3'],
  ['greatest(1, 5, 3)', '5'],
  ['least(4, "2")', '2'],
  ['log(1)', '0'],
  ['sqrt(16)', '4'],
  ['sqrt(0 - 1)', undefined],
  ['fromMillis(0)', '1970-01-01 00:00:00.000'],
  ['toMillis(@timestamp)', String(begin)],
  ['now()', String(begin / 1000)],
  ['bin(1m)', '2026-01-31 23:59:00.000'],
  ['datefloor(@timestamp, 1mo)', '2026-01-01 00:00:00.000'],
  ['dateceil(@timestamp, 1mo)', '2026-02-01 00:00:00.000'],
  ['dateceil(@timestamp, 1h)', '2026-02-01 00:00:00.000'],
  ['datefloor(@timestamp, 1y)', '2026-01-01 00:00:00.000'],
  ['ispresent(none)', '0'],
  ['coalesce(none, "x")', 'x'],
  ['isValidIp("::1")', '1'],
  ['isValidIpv4("::1")', '0'],
  ['isValidIpv6("::1")', '1'],
  ['isIpInSubnet("10.1.2.3", "10.0.0.0/8")', '1'],
  ['isIpv4InSubnet("11.1.2.3", "10.0.0.0/8")', '0'],
  ['isIpv6InSubnet("fe80::1", "fe80::/10")', '1'],
  ['isempty("")', '1'],
  ['isblank(" ")', '1'],
  ['concat("a", 1, none, "b")', 'a1b'],
  ['ltrim("xxay", "x")', 'ay'],
  ['rtrim("a  ")', 'a'],
  ['trim("..a.", ".")', 'a'],
  ['strlen("aé😀")', '3'],
  ['toupper("é")', 'É'],
  ['tolower("A")', 'a'],
  ['substr("xyZfooxyZ", 3)', 'fooxyZ'],
  ['substr("xyZfooxyZ", 3, 4)', 'foox'],
  ['replace("foo", "o", "0")', 'f00'],
  ['strcontains("xyZfooxyZ", "Zfoo")', '1'],
  ['jsonStringify(jsonParse("{\\"a\\": [1]}"))', '{"a":[1]}'],
];

test('functions and operators have the values that the guide gives them', () => {
  for (const [expression, expected] of expressions) assert.equal(foundBy(expression), expected, expression);
});

test('fields of JSON are found by names with dots, places in lists and backticks', () => {
  const message = '{"a":{"b.c":[{"d":1},{"d":true}]},"x-y":"z","e":null,"@f":0.5}';
  assert.equal(foundBy('a.b.c[0].d', message), '1');
  assert.equal(foundBy('a.b.c.1.d', message), '1');
  assert.equal(foundBy('`x-y`', message), 'z');
  assert.equal(foundBy('@f', message), '0.5');
  assert.equal(foundBy('e', message), undefined);
  assert.equal(foundBy('a.b.c.length', message), undefined);
  assert.equal(foundBy('a.toString', message), undefined);
});

const conditions: readonly (readonly [condition: string, holds: boolean])[] = [
  ['n = 12', true],
  ['n = "12"', true],
  ['n > 9', true],
  ['text < "10"', true],
  ['text = "007"', true],
  ['text = "7"', false],
  ['text = 7', true],
  ['none != 1', false],
  ['not none = 1', true],
  ['n in [1, 12]', true],
  ['n not in [1, 12]', false],
  ['@message like "text"', true],
  ['@message like /T.XT/', false],
  ['@message like /(?i)T.XT/', true],
  ['@message =~ /n":\\d+/', true],
  ['@message not like "nothing"', true],
  ['n = 1 or n = 12 and flag = true', true],
  ['(n = 1 or n = 12) and flag = 0', false],
  ['FLAG = 1 OR flag', true],
];

test('conditions hold as the guide says, and missing fields compare with nothing', () => {
  const message = '{"n":12,"text":"007","flag":true}';
  for (const [condition, holds] of conditions) {
    assert.equal(rowsOf(`filter ${condition}`, [message]).length === 1, holds, condition);
  }
});

const tookLines = ['user=al, took 5 ms on h1', 'nothing', 'user=bo, took 15 ms on h2'];

test('parse takes a line apart by wildcards, or by the named groups of a regular expression', () => {
  const glob = 'parse @message "user=*, took * ms on *" as user, ms, host | sort @timestamp | display user, ms, host';
  assert.deepEqual(rowsOf(glob, tookLines), [
    { user: 'al', ms: '5', host: 'h1' },
    {},
    { user: 'bo', ms: '15', host: 'h2' },
  ]);
  const regex = 'parse /took (?<ms>\\d+)/ | stats sum(ms) as sum, count(ms) as n, count(*) as all # of all';
  assert.deepEqual(rowsOf(regex, tookLines), [{ sum: '20', n: '2', all: '3' }]);
});

test('stats computes with its functions, by groups in the order of their keys', () => {
  const messages = [5, 1, 4, 1].map((ms, index) => JSON.stringify({ ms, host: index % 2 ? 'b' : 'a' }));
  const all =
    'stats avg(ms) as avg, min(ms) as min, max(ms) as max, pct(ms, 50) as p50, stddev(ms) as dev, count_distinct(ms) as n, ' +
    'earliest(ms) as first, latest(host) as last, sortsfirst(host) as low, sortslast(host) as high, max(ms) - min(ms) as span';
  assert.deepEqual(rowsOf(all, messages), [
    {
      ...{
        avg: '2.75',
        min: '1',
        max: '5',
        p50: '1',
        dev: String(Math.sqrt((2.25 ** 2 + 1.75 ** 2 * 2 + 1.25 ** 2) / 3)),
      },
      ...{ n: '3', first: '5', last: 'b', low: 'a', high: 'b', span: '4' },
    },
  ]);
  assert.deepEqual(rowsOf('stats count(*) by bin(1m), host | filter host = "a"', messages), [
    { 'bin(1m)': '2026-01-31 23:59:00.000', host: 'a', 'count(*)': '1' },
    { 'bin(1m)': '2026-02-01 00:00:00.000', host: 'a', 'count(*)': '1' },
  ]);
  assert.deepEqual(rowsOf('stats sum(ms) as ms by host | stats max(ms)', messages), [{ 'max(ms)': '9' }]);
});

test('rows are in the order of sort, as AWS describes it, and without one the latest comes first', () => {
  const messages = ['"x10"', '9', '"x9"', '10', 'null', '"a"'].map((value) => `{"v":${value}}`);
  const values = (query: string) => rowsOf(query, messages).map(({ v }) => v);
  assert.deepEqual(values('fields v'), ['a', undefined, '10', 'x9', '9', 'x10']);
  assert.deepEqual(values('fields v | sort v'), [undefined, 'a', 'x9', 'x10', '9', '10']);
  assert.deepEqual(values('fields v | sort v desc | limit 2'), ['10', '9']);
  assert.deepEqual(values('fields v | limit 3 | sort v'), [undefined, 'a', '10']);
});

test('dedup keeps the first row of each value, in the order that there is', () => {
  const messages = ['a1', 'b2', 'a3'];
  const query = (rest: string) => `parse @message /(?<k>[a-z])(?<n>.)/ | ${rest} | dedup k | limit 10`;
  const found = (rest: string) => rowsOf(query(rest), messages).map(({ n }) => n);
  assert.deepEqual(
    [found('display n'), found('display n | sort @timestamp')],
    [
      ['3', '2'],
      ['1', '2'],
    ],
  );
});

const malformed: readonly (readonly [query: string, message: RegExp, start: number])[] = [
  ['', /unexpected end of query/, 0],
  ['fields', /unexpected end of query/, 6],
  ['field a', /unexpected symbol found field at line 1 and position 0/, 0],
  ['fields a\n| sort ]', /unexpected symbol found \] at line 2 and position 7/, 16],
  ['fields a | unnest b into c', /command unnest is not supported/, 11],
  ['fields nope(1)', /function nope is not known/, 7],
  ['fields abs(1, 2)', /function abs does not take so many/, 7],
  ['fields bin(5 parsecs)', /period such as/, 11],
  ['stats a', /functions such as/, 6],
  ['stats pct(a, 101)', /number from 0 to 100/, 6],
  ['stats sum(avg(a))', /function avg is not known/, 10],
  ['limit 0', /whole number from 1/, 6],
  ['filter a like /(/', /no regular expression/, 14],
  ['filter a like /(?=b)/', /no regular expression/, 14],
  ['parse "* *" as a', /2 wildcards and 1 names/, 0],
  ['fields 1 as a | fields 2 as a', /field a is already defined/, 23],
  ['dedup a | filter b = 1', /only limit may follow dedup/, 0],
  [`filter ${'('.repeat(100)}`, /nested too deeply/, 67],
  [`fields ${'a,'.repeat(2_001)}a`, /more than 2000/, 0],
];

test('a malformed query is refused with words and its place', () => {
  for (const [query, message, at] of malformed) {
    assert.throws(
      () => compileQuery(query, { now: 0 }),
      (error) => {
        assert.ok(error instanceof MalformedQuery, query);
        assert.match(error.message, message);
        if (query.length < 100) assert.equal(error.span.start, at, query);
        return true;
      },
    );
  }
});

test('a query over a bound fails, in words', () => {
  const numbers = Array.from({ length: 100_001 }, (_, index) => `${index}`);
  assert.throws(() => rowsOf('stats count(*) by @message', numbers), QueryFailed);
  const long = 'x'.repeat(200_000);
  assert.throws(() => rowsOf('filter @message like /[a-z]{1,900}$/', [long]), /takes too long on a text of 200000/);
  assert.throws(
    () => rowsOf('fields concat(@message, @message, @message, @message, @message, @message)', [long]),
    QueryFailed,
  );
});

test('many different values are counted within 5 %, and percentiles of many numbers are within 1 %', () => {
  const numbers = Array.from({ length: 30_000 }, (_, index) => `${(index * 7_919) % 30_000}`);
  const [row] = rowsOf('stats count_distinct(@message) as n, pct(@message, 90) as p', numbers);
  assert.ok(Math.abs(Number(row?.n) - 30_000) < 1_500, `${row?.n}`);
  assert.ok(Math.abs(Number(row?.p) - 26_999) < 270, `${row?.p}`);
});
