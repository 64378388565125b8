import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { request as httpRequest } from '../../../core/node-http.ts';
import { type Credentials, signRequest } from '../../../iam/index.ts';
import { type DeliveredFile, type FileStore, signatureAlgorithm } from './file-store.ts';

export interface S3StoreOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly clock: Clock;
}

/** A server that has not answered a whole file by then is given up; the file is put again later. */
const patience: Milliseconds = 30_000;
/** As much of an error as is shown. */
const mostWords = 500;

/** Puts files into buckets of a server that speaks S3, by signed requests with the bucket in the path. */
export function s3Store(options: S3StoreOptions): FileStore {
  return {
    put: async (file, signal) => {
      const { status, body } = await exchange(options, file, signal);
      if (status !== 200) throw new Error(`${options.endpoint} answered ${status} to ${file.bucket}: ${body}`);
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function exchange(options: S3StoreOptions, file: DeliveredFile, signal: AbortSignal): Promise<Answer> {
  const { endpoint, clock } = options;
  const given = new AbortController();
  const cancel = clock.after(patience, () => given.abort(new Error(`${endpoint} does not answer`)));
  try {
    return await send(options, file, AbortSignal.any([signal, given.signal]));
  } catch (error) {
    throw given.signal.aborted ? given.signal.reason : error;
  } finally {
    cancel();
  }
}

function send({ endpoint, ...options }: S3StoreOptions, file: DeliveredFile, signal: AbortSignal): Promise<Answer> {
  const url = new URL(endpoint);
  const path = `${url.pathname.replace(/\/$/, '')}/${encodePath(`${file.bucket}/${file.object}`)}`;
  const { content: body, signature } = file;
  const headers = {
    host: url.host,
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    ...(signature && { 'x-amz-meta-signature': signature, 'x-amz-meta-signature-algorithm': signatureAlgorithm }),
  };
  const message = { method: 'PUT', path, query: '', headers, body };
  const signed = signRequest(message, { ...options, service: 's3', now: options.clock.now() });
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const how = { method: 'PUT', headers: { ...signed, 'content-length': String(body.length) }, signal };
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage) => resolve(answerOf(response));
    request(new URL(path, url), how, answered).on('error', reject).end(body);
  });
}

/** No more of an answer is read than is shown. */
async function answerOf(response: IncomingMessage): Promise<Answer> {
  let body = '';
  for await (const chunk of response) {
    body += String(chunk);
    if (body.length > mostWords) break;
  }
  return { status: response.statusCode ?? 0, body: body.slice(0, mostWords) };
}

function encodePath(path: string): string {
  const encode = (part: string) =>
    encodeURIComponent(part).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
  return path.split('/').map(encode).join('/');
}
