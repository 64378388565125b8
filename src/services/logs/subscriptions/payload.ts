import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { EpochMilliseconds } from '../../../core/ids.ts';

const compress = promisify(gzip);

/** An event as a subscriber gets it. */
export interface SubscribedEvent {
  readonly id: string;
  readonly timestamp: EpochMilliseconds;
  readonly message: string;
}

/** What AWS sends, before it is packed. */
interface Message {
  readonly messageType: 'DATA_MESSAGE' | 'CONTROL_MESSAGE';
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly subscriptionFilters: readonly string[];
  readonly logEvents: readonly SubscribedEvent[];
}

/** Events of one stream, for one filter. */
export interface DataMessage extends Omit<Message, 'messageType'> {}

/** The event that a function is invoked with: its data is JSON, packed by gzip and written as Base64. */
export async function packed(message: DataMessage): Promise<string> {
  return pack({ messageType: 'DATA_MESSAGE', ...message });
}

/** What is sent to see whether a function can be reached. */
export async function packedControl(now: EpochMilliseconds): Promise<string> {
  return pack({
    messageType: 'CONTROL_MESSAGE',
    owner: 'CloudwatchLogs',
    logGroup: '',
    logStream: '',
    subscriptionFilters: [],
    logEvents: [
      { id: '', timestamp: now, message: 'CWL CONTROL MESSAGE: Checking health of destination Lambda function.' },
    ],
  });
}

async function pack(message: Message): Promise<string> {
  const data = await compress(Buffer.from(JSON.stringify(message)));
  return JSON.stringify({ awslogs: { data: data.toString('base64') } });
}
