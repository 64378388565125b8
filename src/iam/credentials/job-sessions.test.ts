import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, Arn, TaskId } from '../../core/ids.ts';
import { SystemRandom } from '../../core/random.ts';
import { rolePrincipal, rootPrincipal } from '../principals.ts';
import { InstallationCredentials } from './installation-credentials.ts';
import { JobSessions, jobSessionTimes } from './job-sessions.ts';
import { Sessions } from './sessions.ts';

const account = '123456789012' as AccountId;
const roleArn = 'arn:aws:iam::123456789012:role/worker' as Arn;
const taskId = '0'.repeat(32) as TaskId;
const role = rolePrincipal({ account, roleArn, sessionName: taskId, use: { kind: 'job' } });
const placed = Date.UTC(2026, 0, 1) + 123;
const { life, renewal } = jobSessionTimes;

function rig() {
  const held = new Set<TaskId>([taskId]);
  const tasks = { isHeld: (id: TaskId) => held.has(id) };
  const sessions = new Sessions('root secret', new SystemRandom());
  return { held, tasks, sessions, jobs: new JobSessions(sessions, tasks) };
}

test('a task gets the same credentials until less than 20 minutes are left of them, and then the next', () => {
  const { jobs } = rig();
  const first = jobs.current(role, placed, placed);
  assert.equal(first.expiration, placed - 123 + life, 'six hours, in whole seconds');
  assert.deepEqual(jobs.current(role, placed, placed + life - renewal - 1), first);
  const second = jobs.current(role, placed, placed + life - renewal);
  assert.notEqual(second.accessKeyId, first.accessKeyId);
  assert.equal(second.expiration - first.expiration, life - renewal);
});

test('what is answered always holds for 20 minutes at least, whenever it is asked for', () => {
  const { jobs } = rig();
  for (let at = placed; at < placed + 4 * life; at += 7 * 60_000 + 11) {
    const left = jobs.current(role, placed, at).expiration - at;
    assert.ok(left > renewal - 1_000 && left <= life, `${left} ms are left`);
  }
});

test('a clock that goes back, to before the task was placed too, changes nothing', () => {
  const { jobs } = rig();
  assert.deepEqual(jobs.current(role, placed, placed - life), jobs.current(role, placed, placed));
});

test('another server on the same root key gives the same credentials, and one on another knows none of them', () => {
  const mine = rig().jobs.current(role, placed, placed);
  const { jobs } = rig();
  assert.deepEqual(jobs.current(role, placed, placed), mine);
  assert.equal(jobs.lookup(mine.accessKeyId, mine.sessionToken, placed).kind, 'found');
  const strangers = new JobSessions(new Sessions('another', new SystemRandom()), { isHeld: () => true });
  assert.equal(strangers.lookup(mine.accessKeyId, mine.sessionToken, placed).kind, 'unknown');
});

test('both sets are good while the second is new, and each ends with its time or with the task', () => {
  const { jobs, held } = rig();
  const at = placed + life - renewal;
  const [first, second] = [jobs.current(role, placed, placed), jobs.current(role, placed, at)];
  const look = (which: typeof first, now: number) => jobs.lookup(which.accessKeyId, which.sessionToken, now).kind;
  assert.deepEqual([look(first, at), look(second, at)], ['found', 'found']);
  assert.deepEqual([look(first, first.expiration), look(second, first.expiration)], ['expired', 'found']);
  held.delete(taskId);
  assert.deepEqual([look(first, at), look(second, at)], ['expired', 'expired']);
});

test('the installation takes a session of a job until its task ends, and other sessions as before', () => {
  const { sessions, tasks, held, jobs } = rig();
  const installation = new InstallationCredentials(
    account,
    { accessKeyId: 'AKIA', secretAccessKey: 's' },
    { sessions, tasks, users: { lookup: () => ({ kind: 'unknown' }), used: () => {} } },
  );
  const assumed = rolePrincipal({ account, roleArn, sessionName: taskId, use: { kind: 'assumed' } });
  const [job, other] = [jobs.current(role, placed, placed), sessions.issue(assumed, placed + 1)];
  const kinds = () => [job, other].map((each) => installation.lookup(each.accessKeyId, each.sessionToken, placed).kind);
  assert.deepEqual(kinds(), ['found', 'found']);
  held.delete(taskId);
  assert.deepEqual(kinds(), ['expired', 'found'], 'a session name alone makes no session of a job');
});

test('jobs’ sessions are those of jobs alone: no root, no other role, no key without a token', () => {
  const { sessions, jobs } = rig();
  const others = [
    rootPrincipal(account),
    rolePrincipal({ account, roleArn, sessionName: 'me', use: { kind: 'assumed' } }),
  ];
  for (const principal of others) {
    const issued = sessions.issue(principal, placed + 1);
    assert.equal(jobs.lookup(issued.accessKeyId, issued.sessionToken, placed).kind, 'unknown');
  }
  assert.equal(jobs.lookup('AKIA', undefined, placed).kind, 'unknown');
});
