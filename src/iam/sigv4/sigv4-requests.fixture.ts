import fc from 'fast-check';
import type { AccountId } from '../../core/ids.ts';
import type { RandomSource } from '../../core/random.ts';
import { InstallationCredentials } from '../credentials/installation-credentials.ts';
import { Sessions } from '../credentials/sessions.ts';
import { encodeText } from './encoding.ts';
import type { HttpMessage } from './message.ts';

/** 2025-06-15T12:00:00Z */
export const noon = Date.UTC(2025, 5, 15, 12);
export const account = '123456789012' as AccountId;
export const rootKey = {
  accessKeyId: 'AKIDEXAMPLEEXAMPLE01',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

const counting: RandomSource = { bytes: (count) => Uint8Array.from({ length: count }, (_, index) => index * 7) };
export const sessions = new Sessions(rootKey.secretAccessKey, counting);
export const credentials = new InstallationCredentials(account, rootKey, {
  sessions,
  tasks: { isHeld: () => true },
  users: { lookup: () => ({ kind: 'unknown' }), used: () => {} },
});

const segment = fc.oneof(
  fc.constantFrom('v1', 'tags', 'submitjob', '.', '..', '', 'a.b', '~x'),
  fc.string({ unit: 'grapheme', maxLength: 8 }).map(encodeText),
);
const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => `/${segments.join('/')}`);
const pair = fc.tuple(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);
const query = fc
  .array(pair, { maxLength: 4 })
  .map((pairs) => pairs.map(([name, value]) => `${encodeText(name)}=${encodeText(value)}`).join('&'));
const headerValue = fc.stringMatching(/^[ -~]{0,20}$/);
const headers = fc
  .dictionary(fc.stringMatching(/^(x-amz-meta-|x-|content-)[a-z]{1,5}$/), headerValue, { maxKeys: 4 })
  .map((extra) => ({ ...extra, host: 'localhost:9470', 'content-type': 'application/json' }));
const body = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array());

/** Any request that an SDK could send. */
export const anyMessage: fc.Arbitrary<HttpMessage & { readonly headers: Record<string, string> }> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  path,
  query,
  headers,
  body,
});

export const anyRegion = fc.constantFrom('us-east-1', 'eu-central-1', 'local');
export const anyService = fc.constantFrom('batch', 'logs', 'sts');
