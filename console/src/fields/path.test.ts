import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pointerAt, valueAt, withValue } from './path.ts';

test('a value is put where its path says, and read from there', () => {
  const input = withValue({ jobName: 'a' }, 'retryStrategy.attempts', 3);
  assert.deepEqual(input, { jobName: 'a', retryStrategy: { attempts: 3 } });
  assert.equal(valueAt(input, 'retryStrategy.attempts'), 3);
  assert.equal(valueAt(input, 'timeout.attemptDurationSeconds'), undefined);
});

test('what is taken away takes with it what is empty because of that, and nothing else', () => {
  const input = { retryStrategy: { attempts: 3 }, parameters: {}, containerOverrides: { command: ['ls'], memory: 4 } };
  assert.deepEqual(withValue(input, 'retryStrategy.attempts', undefined), {
    parameters: {},
    containerOverrides: { command: ['ls'], memory: 4 },
  });
  assert.deepEqual(withValue(input, 'containerOverrides.command', undefined).containerOverrides, { memory: 4 });
});

test('an element of a list is found by what it says it is, and made where there is none', () => {
  const memory = { type: 'MEMORY', value: '4' };
  const one = withValue({ resourceRequirements: [memory] }, 'resourceRequirements[type=VCPU].value', '2');
  assert.deepEqual(one, { resourceRequirements: [memory, { type: 'VCPU', value: '2' }] });
  assert.equal(valueAt(one, 'resourceRequirements[type=VCPU].value'), '2');
  assert.deepEqual(withValue(one, 'resourceRequirements[type=MEMORY].value', undefined), {
    resourceRequirements: [{ type: 'VCPU', value: '2' }],
  });
  assert.deepEqual(
    withValue({ resourceRequirements: [memory] }, 'resourceRequirements[type=MEMORY].value', undefined),
    {},
  );
});

test('an element that is counted keeps what no path speaks of', () => {
  const input = { pod: { containers: [{ image: 'a', tty: true }, { image: 'b' }] } };
  assert.deepEqual(withValue(input, 'pod.containers[0].image', undefined), {
    pod: { containers: [{ tty: true }, { image: 'b' }] },
  });
  assert.deepEqual(withValue({}, 'pod.containers[0].image', 'a'), { pod: { containers: [{ image: 'a' }] } });
});

test('no path reaches what objects inherit', () => {
  assert.equal(valueAt({}, 'constructor'), undefined);
});

test('a path is a JSON pointer too, of the element that it finds', () => {
  const input = { resourceRequirements: [{ type: 'MEMORY', value: '4' }], dependsOn: [{}, {}] };
  assert.equal(pointerAt(input, 'resourceRequirements[type=MEMORY].value'), '/resourceRequirements/0/value');
  assert.equal(pointerAt(input, 'resourceRequirements[type=VCPU].value'), '/resourceRequirements');
  assert.equal(pointerAt(input, 'dependsOn[1].jobId'), '/dependsOn/1/jobId');
});
