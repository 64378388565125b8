import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sendRaw } from './raw-request.ts';
import { arnPrefix, openYard } from './yard.ts';

const { server } = await openYard();

/** Keys that objects have of their own. Written as text: SDKs drop some of them on the way out and in. */
const odd = '{"constructor":"1","toString":"2","__proto__":"3"}';

async function call(operation: string, body: string, method = 'POST'): Promise<string> {
  const answer = await sendRaw(server, { method, path: `/v1/${operation}`, body });
  assert.equal(answer.status, 200, answer.body);
  return answer.body;
}

/** The maps that an answer has under a name, as sorted text. */
function mapsIn(answer: string, name: string): string[] {
  const found: string[] = [];
  JSON.parse(answer, (key, value) => {
    if (key === name) found.push(JSON.stringify(Object.entries(value).sort()));
    return value;
  });
  return found;
}

const kept = JSON.stringify(Object.entries(JSON.parse(odd)).sort());

test('tags, parameters and options keep keys that objects have of their own', async () => {
  const resources = '[{"type":"VCPU","value":"1"},{"type":"MEMORY","value":"4"}]';
  const log = `{"logDriver":"splunk","options":${odd}}`;
  const container = `{"image":"i","command":["Ref::__proto__"],"resourceRequirements":${resources},"logConfiguration":${log}}`;
  const definition = `"jobDefinitionName":"odd","type":"container","containerProperties":${container}`;
  await call('registerjobdefinition', `{${definition},"tags":${odd},"parameters":${odd}}`);
  const defined = await call('describejobdefinitions', '{"jobDefinitions":["odd:1"]}');
  for (const name of ['tags', 'parameters', 'options']) assert.deepEqual(mapsIn(defined, name), [kept], name);

  const submitted = await call(
    'submitjob',
    `{"jobName":"j","jobQueue":"default","jobDefinition":"odd","tags":${odd},"parameters":${odd}}`,
  );
  const { jobId } = JSON.parse(submitted);
  const described = await call('describejobs', `{"jobs":["${jobId}"]}`);
  for (const name of ['tags', 'parameters', 'options']) assert.deepEqual(mapsIn(described, name), [kept], name);
  assert.deepEqual(JSON.parse(described).jobs[0].container.command, ['3']);
});

test('a tag __proto__ is added, listed and taken away like any other', async () => {
  const path = `tags/${encodeURIComponent(`${arnPrefix}:job-queue/default`)}`;
  await call(path, `{"tags":${odd}}`);
  assert.deepEqual(mapsIn(await call(path, '', 'GET'), 'tags'), [kept]);
  const { status } = await sendRaw(server, { method: 'DELETE', path: `/v1/${path}`, query: 'tagKeys=__proto__' });
  assert.equal(status, 200);
  const left = JSON.parse(await call(path, '', 'GET')).tags;
  assert.deepEqual(Object.keys(left).sort(), ['constructor', 'toString']);
});
