import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testInvocation } from '../invocation.fixture.ts';
import { Screen } from '../screen.fixture.ts';
import { Printer } from './printer.ts';
import { shownText } from './shown-text.ts';

const cases: readonly (readonly [what: string, text: string, shown: string])[] = [
  ['a clipboard', 'a\u001b]52;c;cm0gLXJm\u0007b', 'a␛]52;c;cm0gLXJm␇b'],
  ['a title by an upper control character', '\u009d0;title\u009c', '\ufffd0;title\ufffd'],
  ['lines that are wiped out', '\u001b[2J\u001b[1Aforged', '␛[2J␛[1Aforged'],
  ['a label that is written over', '17 | \r 3 | forged', '17 | ␍ 3 | forged'],
  ['the rest', '\u0000\b\u007f', '␀␈␡'],
];

for (const [what, text, shown] of cases) {
  test(`a terminal is not told what is hidden in a text: ${what}`, () => assert.equal(shownText(text), shown));
}

test('words, tabs, line breaks and colours stay, and colours end with the text', () => {
  assert.equal(shownText('naïve 日本\tone\r\ntwo\r'), 'naïve 日本\tone\ntwo');
  assert.equal(shownText('\u001b[1;31mred'), '\u001b[1;31mred\u001b[0m');
});

test('a terminal gets signs, and what is no terminal the text as it is', () => {
  const hostile = 'a\u001b]0;title\u0007';
  for (const [isTTY, shown] of [
    [true, 'a␛]0;title␇\n'],
    [false, `${hostile}\n`],
  ] as const) {
    const [stdout, stderr] = [new Screen(isTTY), new Screen(isTTY)];
    const printer = new Printer(testInvocation(stdout, stderr));
    printer.line(hostile);
    printer.note(hostile);
    assert.deepEqual([stdout.text, stderr.text], [shown, shown]);
  }
});
