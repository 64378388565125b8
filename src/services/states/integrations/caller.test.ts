import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { silentLogger } from '../../../core/logger.ts';
import { SystemRandom } from '../../../core/random.ts';
import { writeJson } from '../../../core/wire-json.ts';
import { ServiceCaller } from './caller.ts';

test('the length of an answer is that of the JSON that the server writes, times and bytes within it included', () => {
  const caller = new ServiceCaller({
    ...{ clock: new ManualClock(), random: new SystemRandom(), logger: silentLogger },
    invoke: () => assert.fail('nothing is called'),
  });
  const output = { at: new Date(1_500), list: [{ at: new Date(2_500) }], body: { bytes: Buffer.from('é') } };
  const { SdkHttpMetadata } = caller.metadata({ output, requestId: 'r' }, 'awsJson1.1');
  const { HttpHeaders: headers } = SdkHttpMetadata as { readonly HttpHeaders: Readonly<Record<string, string>> };
  const text = '{"at":1.5,"list":[{"at":2.5}],"body":{"bytes":"w6k="}}';
  assert.deepEqual([writeJson(output), headers['Content-Length']], [text, String(text.length)]);
});
