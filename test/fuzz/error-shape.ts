import assert from 'node:assert/strict';
import type { WireAnswer } from './wire-answer.ts';

type Check = (answer: WireAnswer, text: string) => void;

/** What the SDKs look for in an error, by the answer's media type. */
const checks: Readonly<Record<string, Check>> = {
  'application/json': ({ headers }, text) => {
    assert.ok(headers.get('x-amzn-errortype'), 'an error of restJson1 has its code in a header');
    assert.equal(typeof JSON.parse(text).message, 'string');
  },
  'application/x-amz-json-1.0': checkAwsJson,
  'application/x-amz-json-1.1': checkAwsJson,
  'text/xml': (_answer, text) =>
    assert.match(
      text,
      /^(<\?xml[^>]*>\s*)?<(ErrorResponse|Response)[ >].*<Code>\w[\w.]*<\/Code><Message>.*<\/Message>/s,
    ),
  'application/xml': (_answer, text) => assert.match(text, /<Error><Code>\w+<\/Code><Message>.*<\/Message>/s),
  'application/cbor': ({ headers }, text) => {
    assert.equal(headers.get('smithy-protocol'), 'rpc-v2-cbor');
    assert.ok(text.includes('__type'));
  },
};

function checkAwsJson(_answer: WireAnswer, text: string): void {
  const error = JSON.parse(text);
  assert.equal(typeof error.__type, 'string');
  assert.equal(typeof (error.message ?? error.Message), 'string');
}

/** Asserts that an answer is no failure of the server, has a request id, and, if it is an error, a shape that SDKs read. */
export function checkAnswer(answer: WireAnswer, toHead = false): void {
  const { status, headers, body } = answer;
  const text = body.toString();
  assert.ok(status < 500, `the server failed: ${status} ${text}`);
  assert.ok(headers.get('x-amzn-requestid'), 'every answer has a request id');
  if (status < 400 || toHead) return;
  const mediaType = (headers.get('content-type') ?? '').split(';')[0] ?? '';
  const check = checks[mediaType];
  assert.ok(check, `an error has the media type ${mediaType}`);
  check(answer, text);
}
