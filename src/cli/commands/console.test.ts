import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { SystemClock } from '../../core/clock.ts';
import { runCommand } from '../invocation.fixture.ts';
import { pageTo } from '../open-page.ts';
import { startTestServer } from '../server.fixture.ts';

const server = await startTestServer();
const clock = new SystemClock();
after(async () => {
  clock.close();
  await server[Symbol.asyncDispose]();
});

/** Redeems a token as a browser does. */
async function redeem(token: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/batchyard/v1/redeemconsolelink`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ token }),
  });
  return { status: response.status, text: await response.text() };
}

async function newToken(): Promise<string> {
  const { stdout } = await server.command('console', '--no-open');
  return new URLSearchParams(new URL(stdout.trim()).hash.slice(1)).get('link') ?? '';
}

test('console opens the browser at a link that signs in, once', async () => {
  const opened: string[] = [];
  const openPage = async (url: string) => opened.push(url) > 0;
  const result = await runCommand(['console'], { environment: server.environment, clock, openPage });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.deepEqual(opened, [result.stdout.trim()]);
  const url = new URL(opened[0] ?? '');
  assert.equal(`${url.origin}${url.pathname}${url.search}`, `${server.url}/console/`);
  const values = new URLSearchParams(url.hash.slice(1));
  assert.equal(values.get('region'), 'us-east-1');
  const token = values.get('link') ?? '';
  const first = await redeem(token);
  assert.equal(first.status, 200, first.text);
  assert.match(first.text, /"arn":"arn:aws:iam::\d{12}:root"/);
  const second = await redeem(token);
  assert.equal(second.status, 403);
  assert.match(second.text, /This link is not valid/);
});

test('console --no-open opens nothing, and says so', async () => {
  const openPage = () => assert.fail('opened');
  const words = ['console', '--no-open', '--json'];
  const { exitCode, stdout } = await runCommand(words, { environment: server.environment, clock, openPage });
  assert.equal(exitCode, 0);
  const { url, opened } = JSON.parse(stdout);
  assert.match(url, /#link=[\w-]{43}&/);
  assert.equal(opened, false);
});

test('no other site redeems a link, by whatever name it calls this machine', async () => {
  const token = await newToken();
  const { port } = new URL(server.url);
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: `http://127.0.0.1:${Number(port) + 1}` },
  ]) {
    const { status, text } = await redeem(token, headers as Record<string, string>);
    assert.equal(status, 403, text);
    assert.doesNotMatch(text, /secretAccessKey/);
  }
  assert.equal((await redeem(token)).status, 200, 'none of that has spent it');
});

test('the page that leads to a link is a page, whatever stands in the address', () => {
  const page = pageTo('http://x/console/#link=a&region="><script>');
  assert.doesNotMatch(page, /<script>/);
  assert.match(page, /url=http:\/\/x\/console\/#link=a&#38;region=&#34;&#62;&#60;script&#62;"/);
});
