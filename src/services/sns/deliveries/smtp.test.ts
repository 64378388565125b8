import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { createMailer } from './smtp.ts';
import { SmtpServer } from './smtp-server.fixture.ts';

const server = await SmtpServer.open();
after(() => server.close());
const clock = new ManualClock();
const mailer = createMailer({ url: server.url, from: 'batchyard@example.test' }, clock);
after(() => mailer.close());
const mail = { to: 'ops@example.test', fromName: 'AWS Notifications', subject: 'S', text: 'T', id: 'm.s', headers: {} };
const never = new AbortController().signal;

test('a mail comes as it was given: names, accents, long lines and lines of one dot', async () => {
  const text = `${'long '.repeat(300)}\n.\n..\nFrom here: é`;
  const given = { ...mail, text, fromName: 'Ops "é"', headers: { 'x-amz-sns-message-id': 'm' } };
  assert.deepEqual(await mailer.send(given, never), { kind: 'delivered' });
  const [received] = server.mails.splice(0);
  assert.deepEqual([received?.from, received?.to], ['batchyard@example.test', 'ops@example.test']);
  assert.equal(received?.text.trimEnd(), text);
  assert.equal(received?.headers['message-id'], '<m.s@example.test>');
  assert.equal(received?.headers['x-amz-sns-message-id'], 'm');
  assert.match(received?.headers.from ?? '', /<batchyard@example\.test>$/);
  assert.equal(received?.headers.date, new Date(clock.now()).toUTCString().replace(/GMT/, '+0000'));
});

test('nothing that is given begins a header of its own', async () => {
  const evil = 'x\r\nBcc: victim@example.test\r\n\r\nbody';
  const given = {
    ...mail,
    fromName: evil,
    subject: evil,
    text: evil,
    id: 'm.s',
    headers: { 'x-amz-sns-message-id': evil },
  };
  assert.deepEqual(await mailer.send(given, never), { kind: 'delivered' });
  const [received] = server.mails.splice(0);
  assert.equal(received?.to, 'ops@example.test');
  assert.equal(received?.headers.bcc, undefined);
  assert.equal(received?.text.trimEnd(), 'x\nBcc: victim@example.test\n\nbody');
});

const answers: readonly (readonly [line: string, at: RegExp, kind: string])[] = [
  ['550 no such mailbox', /^RCPT/, 'refused'],
  ['554 spam', /^\.$/, 'refused'],
  ['451 try later', /^RCPT/, 'failed'],
  ['421 too busy', /^connect$/, 'failed'],
];
for (const [line, at, kind] of answers) {
  test(`what is answered with ${line.slice(0, 3)} has ${kind}, in the server's words`, async () => {
    server.answer = (said) => (at.test(said) ? { kind: 'line', line } : undefined);
    const outcome = await mailer.send(mail, never);
    server.answer = () => undefined;
    assert.equal(outcome.kind, kind);
    assert.match('reason' in outcome ? outcome.reason : '', new RegExp(line.slice(4)));
  });
}

test('a login goes to a server on this machine, and one that is refused may go well another time', async () => {
  const login = { username: 'me', password: 'geheim' };
  const own = createMailer({ url: server.url, from: 'batchyard@example.test', login }, clock);
  assert.deepEqual(await own.send(mail, never), { kind: 'delivered' });
  assert.deepEqual(server.logins.splice(0), ['\0me\0geheim']);
  server.answer = (said) => (/^AUTH/.test(said) ? { kind: 'line', line: '535 who are you' } : undefined);
  const outcome = await own.send(mail, never);
  server.answer = () => undefined;
  assert.equal(outcome.kind, 'failed');
  assert.doesNotMatch(JSON.stringify(outcome), /geheim/);
  server.mails.splice(0);
});

test('a server that says nothing has a minute', async () => {
  const silent = Promise.withResolvers<void>();
  server.answer = (said) => {
    if (!/^MAIL/.test(said)) return undefined;
    silent.resolve();
    return { kind: 'silence' };
  };
  const sent = mailer.send(mail, never);
  await silent.promise;
  clock.advance(60_000);
  const outcome = await sent;
  server.answer = () => undefined;
  assert.deepEqual(outcome, { kind: 'failed', reason: 'the mail server took longer than a minute' });
});

test('who stops waits for nobody', async () => {
  const stop = new AbortController();
  server.answer = (said) => {
    if (!/^MAIL/.test(said)) return undefined;
    stop.abort();
    return { kind: 'silence' };
  };
  const outcome = await mailer.send(mail, stop.signal);
  server.answer = () => undefined;
  assert.equal(outcome.kind, 'failed');
});

test('nobody there is a failure', async () => {
  const gone = await SmtpServer.open();
  const own = createMailer({ url: gone.url, from: 'batchyard@example.test' }, clock);
  gone.close();
  assert.equal((await own.send(mail, never)).kind, 'failed');
});
