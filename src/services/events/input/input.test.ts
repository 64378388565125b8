import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredTarget } from '../records.ts';
import { inputOf } from './input.ts';
import { parsePath, valueAt } from './path.ts';

const members = {
  ...{ id: 'e-1', source: 'aws.ec2', time: '2015-11-11T21:29:54Z', 'detail-type': 'Change', resources: ['r0', 'r1'] },
  detail: {
    'instance-id': 'i-0123456789',
    state: 'RUNNING',
    quoted: 'a "b"',
    count: 3,
    none: null,
    list: [{ a: 1 }, { a: 2 }],
  },
};
const event = { text: JSON.stringify(members), members };
const place = { ruleArn: 'arn:rule', ruleName: 'name', ingestionTime: '2020-01-01T00:00:00Z' };

function made(target: Partial<StoredTarget>): string | undefined {
  return inputOf({ id: 'x', arn: 'a', ...target }, event, place);
}

const paths = {
  ...{ instance: '$.detail.instance-id', state: '$.detail.state', quoted: '$.detail.quoted', count: '$.detail.count' },
  ...{ none: '$.detail.none', gone: '$.detail.gone', detail: '$.detail', second: '$.resources[1]' },
};
const templated = (template: string) => made({ transformer: { paths, template } });

test('without settings a target is sent the event, or what stands at a path, or a constant', () => {
  assert.equal(made({}), event.text);
  assert.equal(made({ inputPath: '$' }), event.text);
  assert.equal(made({ inputPath: '$.detail.list' }), '[{"a":1},{"a":2}]');
  assert.equal(made({ inputPath: '$.detail.gone' }), 'null');
  assert.equal(made({ input: ' {"a": 1}' }), ' {"a": 1}');
});

test('a value within quotes is a text as it stands, elsewhere JSON; what is not there leaves nothing', () => {
  const cases: Readonly<Record<string, string>> = {
    '"instance <instance> is in <state>"': '"instance i-0123456789 is in RUNNING"',
    '{"instance" : <instance>, "state": <state>}': '{"instance" : "i-0123456789", "state": "RUNNING"}',
    '{"both": "<instance> is \\"<state>\\""}': '{"both": "i-0123456789 is \\"RUNNING\\""}',
    '{"a": "<quoted>", "b": <quoted>}': '{"a": "a "b"", "b": "a \\"b\\""}',
    '{"n": <count>, "m": "<count>", "z": <none>}': '{"n": 3, "m": "3", "z": null}',
    '{"gone": "<gone>"}': '{"gone": ""}',
    '<gone>': '',
    '[<second>, "<second>"]': '["r1", "r1"]',
    '{"rule": <aws.events.rule-name>, "at": "<aws.events.event.ingestion-time>"}':
      '{"rule": "name", "at": "2020-01-01T00:00:00Z"}',
    '<aws.events.event.json>': event.text,
    'a < b and <b c> "x\\"<state>"': 'a < b and <b c> "x\\"RUNNING"',
  };
  for (const [template, expected] of Object.entries(cases)) assert.equal(templated(template), expected, template);
  const { detail: _detail, ...rest } = members;
  assert.equal(templated('<aws.events.event>'), JSON.stringify(rest));
});

test('what becomes too long is not sent', () => {
  const text = 'x'.repeat(300_000);
  const long = { text: '', members: { a: text } };
  const transformer = { paths: { a: '$.a' }, template: '<a>'.repeat(2000) };
  assert.equal(inputOf({ id: 'x', arn: 'a', transformer }, long, place), undefined);
});

test('paths have members, indexes and all of either, and nothing else', () => {
  const at = (path: string) => valueAt(parsePath(path) ?? assert.fail(path), members);
  assert.equal(at('$.resources[1]'), 'r1');
  assert.deepEqual(at('$.detail.list[*].a'), [1, 2]);
  assert.equal(at('$.detail.list[*].b'), undefined);
  assert.equal(at('$.detail.constructor'), undefined);
  assert.deepEqual(at('$.'), members);
  for (const path of [
    'detail',
    '$detail',
    '$.a[-1]',
    '$.a[1:2]',
    '$..a',
    "$['a']",
    '$.a[?(@.b)]',
    `$${'.a'.repeat(65)}`,
  ]) {
    assert.equal(parsePath(path), undefined, path);
  }
});
