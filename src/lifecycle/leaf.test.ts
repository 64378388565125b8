import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvariantViolation } from '../core/errors.ts';
import type { Stop } from '../core/job.ts';
import type { LeafEvent } from './leaf-event.ts';
import {
  cancelRequested,
  dependencyFailed,
  endedBy,
  exited,
  type JobOptions,
  JobUnderTest,
  placed,
  placementFor,
  ready,
  started,
  taskId,
  terminateRequested,
} from './lifecycle.fixture.ts';

/** A job whose first attempt runs as `t1` since 1000. */
function runningJob(options: JobOptions = {}): JobUnderTest {
  const job = new JobUnderTest(options);
  job.on(ready, placed('t1'), started('t1'));
  return job;
}

function startingJob(options: JobOptions = {}): JobUnderTest {
  const job = new JobUnderTest(options);
  job.on(ready, placed('t1'));
  return job;
}

function timedOut(task: string): LeafEvent {
  return { kind: 'timed-out', at: 61_000, taskId: taskId(task) };
}

function refused(task: string): LeafEvent {
  return { kind: 'start-refused', at: 4000, taskId: taskId(task) };
}

describe('a job that succeeds', () => {
  it('goes SUBMITTED, RUNNABLE, STARTING, RUNNING, SUCCEEDED and asks for each effect once', () => {
    const job = runningJob();
    job.on(exited('t1', 0));
    assert.deepEqual(
      job.effects.map(({ kind }) => kind),
      ['enqueue', 'start-task', 'free-capacity', 'finished', 'release-task'],
    );
    assert.equal(job.status(), 'SUCCEEDED');
    assert.equal(job.state.statusReason, 'Essential container in task exited');
  });

  it('is judged by its essential containers: what becomes of a side-car is no matter', () => {
    const ends = (main: number, sideCar: number, options: JobOptions = {}) => {
      const job = new JobUnderTest(options);
      const containers = [{ name: 'default' }, { name: 'proxy', essential: false }] as const;
      job.on(ready, { kind: 'placed', at: 2, placement: { ...placementFor('t1'), containers } }, started('t1'));
      const proxy = { name: 'proxy', stoppedAt: 5000, exitCode: sideCar };
      const end = exited('t1', main);
      job.on({ ...end, containers: [proxy, ...end.containers] });
      return job;
    };
    const ended = ends(0, 143);
    assert.equal(ended.status(), 'SUCCEEDED');
    assert.deepEqual(
      ended.state.attempts[0]?.containers.map(({ name, exitCode, essential = true }) => [name, exitCode, essential]),
      [
        ['proxy', 143, false],
        ['default', 0, true],
      ],
    );
    assert.equal(ends(1, 0).status(), 'FAILED');
    const rules = [{ action: 'RETRY', onExitCode: '7' } as const, { action: 'EXIT', onReason: '*' } as const];
    const retried = ends(7, 143, { attempts: 2, rules });
    assert.equal(retried.status(), 'RUNNABLE', 'the rule for exit code 7 decides');
  });

  it('keeps startedAt and stoppedAt', () => {
    const job = runningJob();
    job.on(exited('t1', 0));
    assert.ok(job.state.status === 'SUCCEEDED');
    assert.deepEqual([job.state.startedAt, job.state.stoppedAt], [1000, 5000]);
  });

  it('may end before it was seen to run', () => {
    const job = startingJob();
    const end = exited('t1', 0);
    job.on({ ...end, containers: end.containers.map((container) => ({ ...container, startedAt: 4990 })) });
    assert.ok(job.state.status === 'SUCCEEDED');
    assert.equal(job.state.startedAt, 4990);
    assert.equal(job.state.attempts[0]?.startedAt, 4990);
  });
});

describe('dependencies', () => {
  it('make a job RUNNABLE when the last has succeeded', () => {
    const job = new JobUnderTest();
    assert.deepEqual(job.on(ready), [{ kind: 'enqueue', at: 'own-place' }]);
    assert.equal(job.status(), 'RUNNABLE');
    assert.deepEqual(job.on(ready), []);
  });

  it('fail the job when one of them fails', () => {
    const job = new JobUnderTest();
    const effects = job.on(dependencyFailed);
    assert.equal(job.status(), 'FAILED');
    assert.equal(job.state.statusReason, 'Dependent Job failed');
    assert.deepEqual(effects, [{ kind: 'finished', status: 'FAILED' }]);
  });

  it('that end when the job has ended change nothing', () => {
    const job = new JobUnderTest();
    job.on(dependencyFailed);
    const before = job.state;
    job.on(ready, dependencyFailed);
    assert.equal(job.state, before);
  });
});

describe('retries', () => {
  it('go to the head of the queue and run under a fresh task id', () => {
    const job = runningJob({ attempts: 2 });
    const effects = job.on(exited('t1', 1));
    assert.deepEqual(effects, [
      { kind: 'free-capacity' },
      { kind: 'enqueue', at: 'head' },
      { kind: 'release-task', taskId: 't1' },
    ]);
    assert.throws(() => job.on(placed('t1')), InvariantViolation);
    job.on(placed('t2'), exited('t2', 1));
    assert.equal(job.status(), 'FAILED');
    assert.deepEqual(
      job.state.attempts.map((attempt) => attempt.taskId),
      ['t1', 't2'],
    );
  });

  it('carry the reason of the last attempt while waiting, and drop it when placed again', () => {
    const job = runningJob({ attempts: 2 });
    job.on(endedBy('lost', 't1', 'Host EC2 (instance i-0abc) terminated.'));
    assert.equal(job.state.statusReason, 'Host EC2 (instance i-0abc) terminated.');
    job.on(placed('t2'));
    assert.equal(job.state.statusReason, undefined);
  });

  it('follow a failed start and a lost host', () => {
    for (const cause of ['failed-to-start', 'lost', 'stopped'] as const) {
      const job = startingJob({ attempts: 2 });
      job.on(endedBy(cause, 't1'));
      assert.equal(job.status(), 'RUNNABLE', cause);
      assert.equal(job.state.attempts.length, 1);
    }
  });

  it('obey evaluateOnExit', () => {
    const job = runningJob({ attempts: 3, rules: [{ action: 'EXIT', onExitCode: '2' }] });
    job.on(exited('t1', 1), placed('t2'), exited('t2', 2));
    assert.equal(job.status(), 'FAILED');
    assert.equal(job.state.attempts.length, 2);
  });

  it('name the cause where the engine has no words', () => {
    const job = startingJob();
    job.on(endedBy('failed-to-start', 't1'));
    assert.equal(job.state.statusReason, 'Task failed to start');
  });
});

describe('a timeout', () => {
  const options: JobOptions = { attempts: 3, timeoutSeconds: 60 };

  it('counts from the start that the engine reports, anew for each attempt', () => {
    const job = startingJob(options);
    assert.deepEqual(job.on(started('t1', 1000)), [{ kind: 'arm-timeout', taskId: 't1', deadline: 61_000 }]);
    assert.deepEqual(job.on(exited('t1', 1))[0], { kind: 'disarm-timeout', taskId: 't1' });
    const again = job.on(placed('t2'), started('t2', 90_000));
    assert.deepEqual(again, [{ kind: 'arm-timeout', taskId: 't2', deadline: 150_000 }]);
  });

  it('stops the task with 30 seconds of grace, and fails the job without a retry even if it exits 0', () => {
    const job = runningJob(options);
    assert.deepEqual(job.on(timedOut('t1')), [{ kind: 'stop-task', taskId: 't1', graceMilliseconds: 30_000 }]);
    assert.equal(job.status(), 'RUNNING');
    const effects = job.on(exited('t1', 0));
    assert.equal(job.status(), 'FAILED');
    assert.equal(job.state.statusReason, 'Job attempt duration exceeded timeout');
    assert.equal(job.state.attempts[0]?.statusReason, 'Job attempt duration exceeded timeout');
    assert.ok(!effects.some(({ kind }) => kind === 'disarm-timeout'), 'the timer has struck already');
  });

  it('of an earlier attempt changes nothing', () => {
    const job = runningJob(options);
    job.on(exited('t1', 1), timedOut('t1'), placed('t2'), timedOut('t1'), started('t2'));
    const before = job.state;
    job.on(timedOut('t1'));
    assert.equal(job.state, before);
  });

  it('after a terminate request changes nothing', () => {
    const job = runningJob(options);
    job.on(terminateRequested('enough'));
    assert.deepEqual(job.on(timedOut('t1')), []);
    job.on(exited('t1', 143));
    assert.equal(job.state.statusReason, 'enough');
  });
});

describe('cancelling and terminating', () => {
  const requests = [cancelRequested('no'), terminateRequested('no')];

  it('fails a RUNNABLE job at once and takes it out of its queue', () => {
    for (const request of requests) {
      const job = new JobUnderTest();
      assert.deepEqual(job.on(ready, request), [{ kind: 'dequeue' }, { kind: 'finished', status: 'FAILED' }]);
      assert.equal(job.state.statusReason, 'no');
      assert.ok(job.state.status === 'FAILED');
      assert.equal(job.state.startedAt, undefined);
      assert.equal(job.state.stoppedAt, 3000);
    }
  });

  it('fails a PENDING job with the user’s reason once its dependencies have ended', () => {
    for (const end of [ready, dependencyFailed]) {
      const job = new JobUnderTest();
      job.on(cancelRequested('no'), terminateRequested('later'));
      assert.equal(job.status(), 'PENDING');
      assert.equal(job.state.stop?.kind, 'cancel');
      job.on(end);
      assert.equal(job.status(), 'FAILED');
      assert.equal(job.state.statusReason, 'no');
    }
  });

  it('cancel leaves a job alone that has been placed', () => {
    for (const job of [startingJob(), runningJob()]) {
      const before = job.state;
      assert.deepEqual(job.on(cancelRequested()), []);
      assert.equal(job.state, before);
    }
  });

  it('terminate stops a placed job once, and it fails when the engine reports', () => {
    for (const job of [startingJob({ attempts: 5 }), runningJob({ attempts: 5 })]) {
      const stop = { kind: 'stop-task', taskId: 't1', graceMilliseconds: 30_000 };
      assert.deepEqual(job.on(terminateRequested('enough')), [stop]);
      assert.deepEqual(job.on(terminateRequested('again')), []);
      job.on(exited('t1', 0));
      assert.equal(job.status(), 'FAILED');
      assert.equal(job.state.statusReason, 'enough');
    }
  });

  it('terminate disarms the timeout', () => {
    const job = runningJob({ timeoutSeconds: 60 });
    const kinds = job.on(terminateRequested()).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['disarm-timeout', 'stop-task']);
    assert.ok(!job.on(exited('t1', 143)).some(({ kind }) => kind === 'disarm-timeout'));
  });

  it('a job that starts while it is being terminated arms no timeout', () => {
    const job = startingJob({ timeoutSeconds: 60 });
    job.on(terminateRequested());
    assert.deepEqual(job.on(started('t1')), []);
  });
});

describe('a refused start', () => {
  it('puts the job back in its own place without using up an attempt', () => {
    const job = startingJob();
    assert.deepEqual(job.on(refused('t1')), [
      { kind: 'free-capacity' },
      { kind: 'release-task', taskId: 't1' },
      { kind: 'enqueue', at: 'own-place' },
    ]);
    assert.equal(job.state.attempts.length, 0);
    job.on(placed('t2'), exited('t2', 0));
    assert.equal(job.status(), 'SUCCEEDED');
  });

  it('ends a job that was to be terminated', () => {
    const job = startingJob();
    job.on(terminateRequested('enough'), refused('t1'));
    assert.equal(job.status(), 'FAILED');
    assert.equal(job.state.statusReason, 'enough');
  });

  it('of an earlier task changes nothing', () => {
    const job = startingJob();
    job.on(refused('t1'), placed('t2'));
    const before = job.state;
    job.on(refused('t1'), started('t1'));
    assert.equal(job.state, before);
  });
});

describe('an invalid definition', () => {
  const rejected: LeafEvent = { kind: 'rejected', at: 9, reason: 'Job definition is invalid' };

  it('fails the job with its submission, without a retry', () => {
    const job = new JobUnderTest({ attempts: 9 });
    assert.deepEqual(job.on(rejected), [{ kind: 'finished', status: 'FAILED' }]);
    assert.equal(job.state.statusReason, 'Job definition is invalid');
  });

  it('cannot show later', () => {
    assert.throws(() => runningJob().on(rejected), InvariantViolation);
  });
});

describe('the child of an array that is stopped', () => {
  const stop = (kind: Stop['kind']): Stop => ({ kind, reason: 'all of them', at: 2000 });
  const stopped = (kind: Stop['kind'], waitsOutside = false): LeafEvent => ({
    kind: 'owner-stopped',
    at: 2000,
    stop: stop(kind),
    waitsOutside,
  });

  it('falls while it waits, unless a job outside of the array is waited for', () => {
    for (const kind of ['cancel', 'terminate'] as const) {
      const [pending, held, runnable] = [new JobUnderTest(), new JobUnderTest(), new JobUnderTest()];
      pending.on(stopped(kind));
      held.on(stopped(kind, true));
      runnable.on(ready, stopped(kind));
      assert.deepEqual(
        [pending, held, runnable].map((job) => job.status()),
        ['FAILED', 'PENDING', 'FAILED'],
      );
      assert.equal(pending.state.statusReason, 'all of them');
      assert.deepEqual(
        runnable.effects.map((effect) => effect.kind),
        ['enqueue', 'dequeue', 'finished'],
      );
    }
  });

  it('falls when its dependencies have ended, with the reason of its own stop if it came first', () => {
    const own = new JobUnderTest({ ownerStop: stop('cancel') });
    own.on(ready);
    assert.deepEqual([own.status(), own.state.statusReason], ['FAILED', 'all of them']);
    const failed = new JobUnderTest({ ownerStop: stop('cancel') });
    failed.on(cancelRequested('late'), dependencyFailed);
    assert.deepEqual([failed.state.stop, failed.state.statusReason], [undefined, 'all of them']);
  });

  it('goes on when it has started and the array is cancelled, but not for another attempt', () => {
    const job = new JobUnderTest({ attempts: 3, ownerStop: stop('cancel') });
    job.state = { status: 'STARTING', attempts: [], placement: placementFor('t1') };
    assert.deepEqual(job.on(stopped('cancel')), []);
    job.on(exited('t1', 1));
    assert.deepEqual([job.status(), job.state.statusReason], ['FAILED', 'Essential container in task exited']);
    const good = new JobUnderTest({ ownerStop: stop('cancel') });
    good.state = { status: 'STARTING', attempts: [], placement: placementFor('t1') };
    good.on(exited('t1', 0));
    assert.equal(good.status(), 'SUCCEEDED');
  });

  it('is stopped when the array is terminated, and fails with its reason whatever the exit code', () => {
    const job = new JobUnderTest({ attempts: 3, timeoutSeconds: 60, ownerStop: stop('terminate') });
    job.state = { status: 'STARTING', attempts: [], placement: placementFor('t1') };
    assert.deepEqual(
      job.on(stopped('terminate')).map((effect) => effect.kind),
      ['stop-task'],
    );
    assert.deepEqual(job.on(started('t1')), [], 'no timeout is armed');
    assert.deepEqual(job.on(terminateRequested('late')), [], 'the first request counts');
    job.on(exited('t1', 0));
    assert.deepEqual([job.status(), job.state.statusReason], ['FAILED', 'all of them']);
    assert.equal(job.state.attempts[0]?.statusReason, 'all of them');
  });
});

describe('reports that repeat', () => {
  it('release the task again and change nothing, in every state that can follow', () => {
    const retried = runningJob({ attempts: 3 });
    retried.on(exited('t1', 1));
    const placedAgain = runningJob({ attempts: 3 });
    placedAgain.on(exited('t1', 1), placed('t2'));
    const succeeded = runningJob();
    succeeded.on(exited('t1', 0));
    for (const job of [retried, placedAgain, succeeded]) {
      const before = job.state;
      assert.deepEqual(job.on(started('t1')), []);
      assert.deepEqual(job.on(exited('t1', 1)), [{ kind: 'release-task', taskId: 't1' }]);
      assert.equal(job.state, before);
    }
  });
});

describe('what the engine could not give', () => {
  it('is noted on the placement while the attempt runs, and on the attempt afterwards', () => {
    const job = startingJob();
    job.on({ kind: 'started', at: 1000, taskId: taskId('t1'), notes: ['no memory limit'] });
    assert.ok(job.state.status === 'RUNNING');
    assert.deepEqual(job.state.placement.notes, ['no memory limit']);
    job.on(exited('t1', 0));
    assert.deepEqual(job.state.attempts[0]?.notes, ['no memory limit']);
  });
});
