import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { queryForm } from './query-form.ts';
import { readXml } from './xml-element.ts';

test('a form has structures by dots and lists by numbers, and nothing of what is undefined', () => {
  const input = { Name: 'a&b', Tags: [{ Key: 'k', Value: 'v w' }, { Key: 'l' }], Path: undefined, Max: 3, Is: false };
  assert.equal(
    decodeURIComponent(queryForm('CreateUser', '2010-05-08', input)),
    'Action=CreateUser&Version=2010-05-08&Name=a&b&Tags.member.1.Key=k&Tags.member.1.Value=v+w&Tags.member.2.Key=l&Max=3&Is=false',
  );
});

test('XML is read as the query protocol writes it: texts, structures, lists, and nothing where nothing is', () => {
  const answer = readXml(
    '<?xml version="1.0"?>\n<R xmlns="urn:x">\n<User><Name>a &amp; b&#13;&#x41;</Name></User><Users/><Names><member>x</member><member></member></Names></R>',
  );
  assert.equal(answer?.text('User', 'Name'), 'a & b\rA');
  assert.deepEqual(
    answer?.list('Names').map(({ content }) => content),
    ['x', ''],
  );
  assert.deepEqual([answer?.list('Users'), answer?.list('Groups')], [[], []]);
  assert.equal(answer?.text('User', 'Path'), undefined);
});

test('what is no XML of the query protocol is not read', () => {
  for (const text of [
    '',
    'text',
    '{"a":1}',
    '<a>',
    '</a>',
    '<a></b>',
    '<a/><b/>',
    '<!DOCTYPE a><a/>',
    '<a><![CDATA[x]]></a>',
    '<a',
  ]) {
    assert.equal(readXml(text), undefined, text);
  }
});

test('any text comes back, however its characters are escaped', () => {
  const named = new Map([
    ['&', '&amp;'],
    ['<', '&lt;'],
    ['>', '&gt;'],
    ['"', '&quot;'],
    ["'", '&apos;'],
  ]);
  const text = fc.array(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }), fc.boolean()), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(text, (characters) => {
      const numbered = (each: string) => Array.from(each, (one) => `&#${one.codePointAt(0)};`).join('');
      const written = characters.map(([each, isNumbered]) => (isNumbered ? numbered(each) : (named.get(each) ?? each)));
      const content = characters.map(([each]) => each).join('');
      assert.equal(readXml(`<a>${written.join('')}</a>`)?.content, content);
    }),
  );
});
