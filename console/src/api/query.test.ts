import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readForm } from '../../../src/gateway/form.ts';
import { xmlElement } from '../../../src/gateway/xml.ts';
import { queryBody, readQueryAnswer, readQueryFailure } from './query.ts';
import { readXml } from './xml.ts';

const limits = { depth: 100, values: 10_000 };

const name = fc.stringMatching(/^[A-Z][a-z]{1,8}$/);
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 3 }, text, tie('list'), tie('structure')),
  list: fc.array(tie('any'), { minLength: 1, maxLength: 3 }),
  structure: fc.dictionary(name, tie('any'), { minKeys: 1, maxKeys: 3 }),
}));

test('what a form says the server reads as it was meant', () => {
  fc.assert(
    fc.property(fc.dictionary(name, value.any, { maxKeys: 4 }), (input) => {
      const reading = readForm(queryBody('ListUsers', '2010-05-08', input), limits);
      assert.equal(reading.kind, 'input');
      assert.deepEqual(plain(reading.input), plain(input));
    }),
    { numRuns: 100 },
  );
});

/** Without prototypes, which readers leave out. */
function plain(of: unknown): unknown {
  return JSON.parse(JSON.stringify(of));
}

test('maps are entries; numbers and truth values are words; what is undefined is left out', () => {
  const input = { Attributes: new Map([['a', 'b']]), MaxItems: 5, Force: false, Marker: undefined };
  assert.equal(
    queryBody('X', '1', input),
    'Action=X&Version=1&Attributes.entry.1.key=a&Attributes.entry.1.value=b&MaxItems=5&Force=false',
  );
});

test('what the server answers is read as it was meant, whatever stands in it', () => {
  const readable = text.filter((it) => it.trim() !== '' && !it.includes('\ufffd'));
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(name, readable, { minKeys: 1, maxKeys: 3 }), { minLength: 1, maxLength: 4 }),
      (users) => {
        const result = xmlElement('ListUsersResult', { Users: users, IsTruncated: false });
        const answer = `<ListUsersResponse xmlns="x">${result}<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></ListUsersResponse>`;
        assert.deepEqual(plain(readQueryAnswer(answer)), { Users: plain(users), IsTruncated: 'false' });
      },
    ),
    { numRuns: 100 },
  );
});

test('maps are read, what is empty is absent, and an answer without a result is an empty one', () => {
  const attributes = xmlElement('GetTopicAttributesResult', { Attributes: new Map([['Owner', '1']]), Empty: [] });
  assert.deepEqual(readQueryAnswer(`<R>${attributes}</R>`), { Attributes: { Owner: '1' } });
  assert.deepEqual(readQueryAnswer('<R><ResponseMetadata/></R>'), {});
});

test('a refusal says its code and its words', () => {
  const refusal =
    '<?xml version="1.0"?>\n<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>a &lt;b&gt; &#233;</Message></Error></ErrorResponse>';
  assert.deepEqual(readQueryFailure(refusal), { code: 'NoSuchEntity', message: 'a <b> é' });
  assert.deepEqual(readQueryFailure('<html>'), {});
});

test('what is no document is none: declarations, open elements, more than one root, endless depth', () => {
  const others = [
    '',
    'x',
    '<a>',
    '</a>',
    '<a></b>',
    '<a/><b/>',
    '<!DOCTYPE a><a/>',
    '<a><!ENTITY x "y"></a>',
    '<a>'.repeat(200),
  ];
  for (const other of others) assert.equal(readXml(other), undefined, other);
});
