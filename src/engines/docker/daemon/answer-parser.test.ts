import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AnswerParser, BrokenAnswer } from './answer-parser.ts';

/** What is heard of an answer that comes in such pieces, and then nothing more. */
function heard(pieces: readonly Buffer[]) {
  const found = { status: 0, text: '', ends: 0 };
  const parser = new AnswerParser({
    head: (status) => {
      found.status = status;
    },
    content: (bytes) => {
      found.text += bytes.toString('latin1');
    },
    end: () => {
      found.ends += 1;
    },
  });
  for (const piece of pieces) parser.take(piece);
  const { isKept } = parser;
  const isWhole = parser.close();
  return { ...found, isKept, isWhole };
}

const heardOf = (text: string) => heard([Buffer.from(text, 'latin1')]);

function inPieces(text: string, cuts: readonly number[]): readonly Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

const contents = fc.array(fc.string({ minLength: 1, maxLength: 20, unit: 'binary-ascii' }), { maxLength: 4 });
const cuts = fc.array(fc.nat(400), { maxLength: 12 });

const forms = {
  'of a length': (parts: readonly string[]) =>
    `HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: ${parts.join('').length}\r\n\r\n${parts.join('')}`,
  'in chunks': (parts: readonly string[]) =>
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${parts
      .map((part) => `${part.length.toString(16)};ext=1\r\n${part}\r\n`)
      .join('')}0\r\nTrailer: 1\r\n\r\n`,
  'to the end of the connection': (parts: readonly string[]) => `HTTP/1.0 200 OK\r\n\r\n${parts.join('')}`,
} as const;

for (const [form, write] of Object.entries(forms))
  test(`an answer ${form} is the same in whatever pieces it comes`, () => {
    fc.assert(
      fc.property(contents, cuts, (parts, at) => {
        const { isKept, ...found } = heard(inPieces(`HTTP/1.1 100 Continue\r\n\r\n${write(parts)}`, at));
        assert.deepEqual(found, { status: 200, text: parts.join(''), ends: 1, isWhole: true });
        assert.equal(isKept, form !== 'to the end of the connection');
      }),
    );
  });

test('an answer that breaks off anywhere is not whole', () => {
  for (const form of ['of a length', 'in chunks'] as const) {
    const bytes = Buffer.from(forms[form](['one', 'two']), 'latin1');
    for (let length = 0; length < bytes.length; length += 1)
      assert.deepEqual([heard([bytes.subarray(0, length)]).isWhole, length], [false, length]);
  }
});

test('an answer without content has ended with its head', () => {
  for (const head of ['204 No Content', '200 OK\r\nContent-Length: 0', '304 Not Modified\r\nContent-Length: 7'])
    assert.deepEqual(heardOf(`HTTP/1.1 ${head}\r\n\r\n`).ends, 1, head);
});

test('a connection serves no other call when it is to close, when more came than the answer, or when its end is in doubt', () => {
  const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na';
  assert.equal(heardOf(whole).isKept, true);
  for (const doubtful of [
    `${whole}b`,
    whole.replace('OK', 'OK\r\nConnection: close'),
    whole.replace('1.1', '1.0'),
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ])
    assert.deepEqual([heardOf(doubtful).isKept, heardOf(doubtful).ends], [false, 1], doubtful);
});

test('what is no answer is refused, and so is one whose head has no end', () => {
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  for (const text of [
    'SSH-2.0-OpenSSH\r\n\r\n',
    'HTTP/1.1 101 UPGRADED\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    `${chunked}x\r\n`,
    `${chunked}-1\r\n`,
    `${chunked}1\r\nab\r\n`,
    `HTTP/1.1 200 OK\r\nHeader: ${'a'.repeat(70_000)}`,
    `${chunked}1;${'a'.repeat(5_000)}`,
  ])
    assert.throws(() => heardOf(text), BrokenAnswer, text.slice(0, 80));
});
