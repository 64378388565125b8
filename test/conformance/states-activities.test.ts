import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateActivityCommand,
  DeleteActivityCommand,
  DescribeActivityCommand,
  GetActivityTaskCommand,
  ListTagsForResourceCommand,
  paginateListActivities,
} from '@aws-sdk/client-sfn';
import { account, openYard, refusalOf, region } from './yard.ts';

const { states } = await openYard();
const arnOf = (name: string) => `arn:aws:states:${region}:${account}:activity:${name}`;

test('an activity is created, described, listed and deleted', async () => {
  const encryptionConfiguration = { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: 'alias/k' } as const;
  const create = (more: object = {}) => states.send(new CreateActivityCommand({ name: 'été', ...more }));
  const tags = [{ key: 'a', value: 'b' }];
  const { activityArn, creationDate } = await create({ tags, encryptionConfiguration });
  assert.equal(activityArn, arnOf('été'));
  assert.deepEqual((await create()).creationDate, creationDate);
  const { $metadata: _, ...described } = await states.send(new DescribeActivityCommand({ activityArn }));
  assert.deepEqual(described, { activityArn, name: 'été', creationDate, encryptionConfiguration });
  assert.deepEqual((await states.send(new ListTagsForResourceCommand({ resourceArn: activityArn }))).tags, tags);
  const other = await refusalOf(create({ encryptionConfiguration: { type: 'AWS_OWNED_KEY' } }));
  assert.equal(other.name, 'ActivityAlreadyExists');
  await states.send(new DeleteActivityCommand({ activityArn }));
  assert.equal(
    (await refusalOf(states.send(new DescribeActivityCommand({ activityArn })))).name,
    'ActivityDoesNotExist',
  );
});

test('activities are listed, page by page', async () => {
  for (const name of ['b', 'a', 'c']) await states.send(new CreateActivityCommand({ name: `list-${name}` }));
  const names: (string | undefined)[] = [];
  for await (const page of paginateListActivities({ client: states, pageSize: 2 }, {})) {
    names.push(...(page.activities ?? []).map(({ name }) => name));
  }
  assert.deepEqual(names, ['list-a', 'list-b', 'list-c']);
});

test('a worker that stops asking leaves nothing behind, and an activity that is not there has no tasks', async () => {
  const { activityArn } = await states.send(new CreateActivityCommand({ name: 'idle' }));
  const stop = new AbortController();
  const polling = states.send(new GetActivityTaskCommand({ activityArn, workerName: 'w' }), {
    abortSignal: stop.signal,
  });
  stop.abort();
  await assert.rejects(polling, { name: 'AbortError' });
  const missing = new GetActivityTaskCommand({ activityArn: arnOf('missing') });
  assert.equal((await refusalOf(states.send(missing))).name, 'ActivityDoesNotExist');
});
