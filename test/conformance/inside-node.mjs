// As inside-node.py, with the JavaScript SDK.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

const [directory, api] = process.argv.slice(2);
const {
  AWS_BATCH_JOB_NODE_INDEX: index,
  AWS_BATCH_JOB_MAIN_NODE_INDEX: main,
  AWS_BATCH_JOB_NUM_NODES: size,
} = process.env;

const arn = async () => (await new STSClient().send(new GetCallerIdentityCommand())).Arn;
const statusOf = (url, headers = {}) =>
  fetch(url, { headers }).then(
    ({ status }) => status,
    ({ cause }) => cause.code,
  );
const say = (word) => writeFileSync(join(directory, word), '');
async function hear(word) {
  while (!existsSync(join(directory, word))) await pause(50);
}

const first = await arn();
const strange = await statusOf(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI, { authorization: 'wrong' });
const metadata = await statusOf(process.env.ECS_CONTAINER_METADATA_URI_V4);
const reached = (await statusOf(api)) !== 'ECONNREFUSED';
say(`up-${index}`);
await hear('go');
console.log(JSON.stringify({ arns: [first, await arn()], strange, metadata, reached }));
say(`done-${index}`);
// The others end with the main node.
for (let other = 0; index === main && other < Number(size); other += 1) await hear(`done-${other}`);
