import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvariantViolation } from '../core/errors.ts';
import type { JobId } from '../core/ids.ts';
import { advance } from './advance.ts';
import type { JobEvent } from './job-event.ts';
import {
  cancelRequested,
  endedBy,
  evaluated,
  exited,
  type JobOptions,
  JobUnderTest,
  placed,
  started,
  taskId,
  terminateRequested,
} from './lifecycle.fixture.ts';

function dependency(kind: 'dependency-succeeded' | 'dependency-failed', jobId: string): JobEvent {
  return { kind, at: 10, jobId: jobId as JobId };
}

/** A job whose first attempt runs as `t1` since 1000. */
function runningJob(options: JobOptions = {}): JobUnderTest {
  const job = new JobUnderTest(options);
  job.on(evaluated(), placed('t1'), started('t1'));
  return job;
}

function startingJob(options: JobOptions = {}): JobUnderTest {
  const job = new JobUnderTest(options);
  job.on(evaluated(), placed('t1'));
  return job;
}

function timedOut(task: string): JobEvent {
  return { kind: 'timed-out', at: 61_000, taskId: taskId(task) };
}

function refused(task: string): JobEvent {
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

  it('says which events changed its status', () => {
    const job = startingJob();
    assert.equal(advance(job.state, started('t1')).transitioned, true);
    assert.equal(advance(job.state, terminateRequested()).transitioned, false);
  });
});

describe('dependencies', () => {
  it('hold a job PENDING until the last has succeeded', () => {
    const job = new JobUnderTest();
    job.on(evaluated('a', 'b', 'a'), dependency('dependency-succeeded', 'a'));
    assert.equal(job.status(), 'PENDING');
    assert.deepEqual(job.on(dependency('dependency-succeeded', 'b')), [{ kind: 'enqueue', at: 'own-place' }]);
    assert.equal(job.status(), 'RUNNABLE');
  });

  it('fail the job when one of them fails', () => {
    const job = new JobUnderTest();
    const effects = job.on(evaluated('a', 'b'), dependency('dependency-failed', 'b'));
    assert.equal(job.status(), 'FAILED');
    assert.equal(job.state.statusReason, 'Dependent Job failed');
    assert.deepEqual(effects, [{ kind: 'finished', status: 'FAILED' }]);
  });

  it('that the job does not wait for change nothing', () => {
    const job = new JobUnderTest();
    job.on(evaluated('a'));
    const before = job.state;
    job.on(dependency('dependency-succeeded', 'x'), dependency('dependency-failed', 'x'));
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

  it('fails a SUBMITTED job at once', () => {
    for (const request of requests) {
      const job = new JobUnderTest();
      assert.deepEqual(job.on(request), [{ kind: 'finished', status: 'FAILED' }]);
      assert.equal(job.state.statusReason, 'no');
    }
  });

  it('fails a RUNNABLE job at once and takes it out of its queue', () => {
    for (const request of requests) {
      const job = new JobUnderTest();
      assert.deepEqual(job.on(evaluated(), request), [{ kind: 'dequeue' }, { kind: 'finished', status: 'FAILED' }]);
      assert.equal(job.state.statusReason, 'no');
      assert.ok(job.state.status === 'FAILED');
      assert.equal(job.state.startedAt, undefined);
      assert.equal(job.state.stoppedAt, 3000);
    }
  });

  it('fails a PENDING job with the user’s reason once its dependencies have ended', () => {
    for (const end of ['dependency-succeeded', 'dependency-failed'] as const) {
      const job = new JobUnderTest();
      job.on(evaluated('a'), cancelRequested('no'), terminateRequested('later'));
      assert.equal(job.status(), 'PENDING');
      assert.equal(job.state.stop?.kind, 'cancel');
      job.on(dependency(end, 'a'));
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
  const rejected: JobEvent = { kind: 'rejected', at: 9, reason: 'Job definition is invalid' };

  it('fails the job without a retry, wherever it waits', () => {
    const kinds = (job: JobUnderTest) => job.on(rejected).map(({ kind }) => kind);
    const runnable = new JobUnderTest({ attempts: 9 });
    runnable.on(evaluated());
    assert.deepEqual(kinds(new JobUnderTest({ attempts: 9 })), ['finished']);
    assert.deepEqual(kinds(runnable), ['dequeue', 'finished']);
    assert.deepEqual(kinds(startingJob({ attempts: 9 })), ['free-capacity', 'finished', 'release-task']);
  });

  it('cannot show once the job runs', () => {
    assert.throws(() => runningJob().on(rejected), InvariantViolation);
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
