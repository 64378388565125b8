import { closeSync, openSync, writeSync } from 'node:fs';
import { type Credentials, signRequest } from '../../src/iam/index.ts';

export interface SignedSubmits {
  readonly url: string;
  readonly credentials: Credentials;
  readonly jobDefinition: string;
  readonly count: number;
}

/** Writes that many distinct SubmitJobs, signed now, as bytes for the wire: good for the five minutes of a signature. */
export function writeSubmits(file: string, { count, ...submits }: SignedSubmits): void {
  const descriptor = openSync(file, 'w');
  try {
    const slice = 1_000;
    for (let from = 0; from < count; from += slice) {
      const requests = Array.from({ length: Math.min(slice, count - from) }, (_, at) =>
        submitRequest(submits, from + at),
      );
      writeSync(descriptor, requests.map((request) => `${Buffer.byteLength(request)}\n${request}`).join(''));
    }
  } finally {
    closeSync(descriptor);
  }
}

/** One of them. */
export function submitRequest(
  { url, credentials, jobDefinition }: Omit<SignedSubmits, 'count'>,
  number: number,
): string {
  const body = JSON.stringify({ jobName: `bench-${number}`, jobQueue: 'default', jobDefinition });
  const path = '/v1/submitjob';
  const headers = { host: new URL(url).host, 'content-type': 'application/json' };
  const message = { method: 'POST', path, query: '', headers, body };
  const signed = signRequest(message, { credentials, region: 'us-east-1', service: 'batch', now: Date.now() });
  const lines = Object.entries({ ...signed, 'content-length': String(Buffer.byteLength(body)) });
  return `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}
