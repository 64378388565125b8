import { secondsText } from '../../../core/seconds-text.ts';
import { scheduleArn } from '../names.ts';
import { executionId, type Failure, type Invocation } from './invocation.ts';

/** Characters of an error's message that are told. */
const longestMessage = 1024;
/** Bytes that SQS takes, less what the attributes may be. */
const largestBody = 1_000_000;

/** The message that a dead-letter queue is sent: what the target was to be given, and why it was not. */
export function deadLetter(invocation: Invocation, dead: Failure, payload: string) {
  const { body, isTruncated } = bounded(payload);
  const attributes: Readonly<Record<string, string | undefined>> = {
    ERROR_CODE: dead.code,
    ERROR_MESSAGE: words(dead.message),
    EXECUTION_ID: executionId(invocation),
    EXHAUSTED_RETRY_CONDITION: dead.condition,
    IS_PAYLOAD_TRUNCATED: String(isTruncated),
    RETRY_ATTEMPTS: String(dead.retries),
    SCHEDULED_TIME: secondsText(invocation.slot),
    SCHEDULE_ARN: scheduleArn(invocation, invocation),
    TARGET_ARN: invocation.target.arn,
  };
  return {
    MessageBody: body,
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, { DataType: 'String', StringValue: value }]],
      ),
    ),
  };
}

/** SQS takes no empty attribute, and no character that XML has not. */
function words(message: string): string {
  const text = message
    .slice(0, longestMessage)
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?');
  return text === '' ? 'unknown' : text;
}

function bounded(payload: string): { readonly body: string; readonly isTruncated: boolean } {
  const bytes = Buffer.from(payload);
  if (bytes.length <= largestBody) return { body: payload, isTruncated: false };
  // What was cut in the middle of a character ends before it.
  const body = new TextDecoder().decode(bytes.subarray(0, largestBody), { stream: true });
  return { body, isTruncated: true };
}
