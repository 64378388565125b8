import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { type Credentials, signRequest } from '../src/iam/index.ts';
import { BenchServer } from './support/bench-server.ts';
import { cpuBetween, cpuTimeOf } from './support/cpu.ts';
import type { Figure, Finding } from './support/figure.ts';
import { sleep } from './support/pause.ts';

const seconds = 2;
/** Between two requests, so that each is one turn and not a queue of them. */
const pause = 60;

/** A request that is wrong in a costly way. */
interface Attack {
  readonly name: string;
  readonly service: 'logs' | 'sns' | 'batch';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const mebibyte = 1024 * 1024;

/** Repeats `item`, with its number for `#`, between `head` and `tail`, up to `count` times or so many bytes. */
function fill(head: string, item: string, tail: string, { count = 1e9, bytes = 4 * mebibyte }): Buffer {
  const parts = [head];
  let length = head.length + tail.length;
  for (let at = 0; at < count; at += 1) {
    const part = item.replaceAll('#', String(at));
    length += part.length;
    if (length > bytes) break;
    parts.push(part);
  }
  const last = parts.pop() ?? '';
  return Buffer.from(parts.join('') + last.replace(/[,&]$/, '') + tail);
}

function putLogEvents(name: string, body: Buffer): Attack {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Logs_20140328.PutLogEvents' };
  return { name, service: 'logs', path: '/', headers, body };
}

function form(name: string, item: string, count?: number): Attack {
  const body = fill('Action=Publish&Version=2010-03-31&', item, '', { bytes: mebibyte, ...(count && { count }) });
  return { name, service: 'sns', path: '/', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
}

function definition(name: string, head: string, item: string, tail: string, count?: number): Attack {
  const body = fill(head, item, tail, { bytes: mebibyte, ...(count && { count }) });
  return { name, service: 'batch', path: '/v1/registerjobdefinition', headers: {}, body };
}

const stream = '"logGroupName":"g","logStreamName":"s"';
/** Those of which the name says how many are refused as they are read; the others reach the check of their members. */
const attacks: readonly Attack[] = [
  putLogEvents('800,000 nulls', fill(`{${stream},"logEvents":[`, 'null,', ']}', { count: 800_000 })),
  putLogEvents('1,000,000 empty events', fill(`{${stream},"logEvents":[`, '{},', ']}', { count: 1_000_000 })),
  putLogEvents('300,000 keys', fill(`{${stream},"logEvents":[],"x":{`, '"#":1,', '}}', { count: 300_000 })),
  putLogEvents('as many nulls as are read', fill(`{${stream},"logEvents":[`, 'null,', ']}', { count: 41_000 })),
  putLogEvents('as many empty events as are read', fill(`{${stream},"logEvents":[`, '{},', ']}', { count: 20_000 })),
  putLogEvents(
    'as many keys as are read',
    fill(`{${stream},"logEvents":[],"x":{`, '"#":null,', '}}', { count: 41_000 }),
  ),
  putLogEvents('a text of 4 MiB', fill(`{${stream},"logEvents":[{"timestamp":1,"message":"`, '\\u0000', '"}]}', {})),
  definition(
    'as many tags as are read',
    '{"jobDefinitionName":"a","type":"container","tags":{',
    '"#":1,',
    '}}',
    10_000,
  ),
  definition('1 MiB of brackets', '{"jobDefinitionName":', '[', '}'),
  form('a form of 1 MiB of &', '&'),
  form('a form of as many parameters as are read', 'MessageAttributes.entry.#.Name=%41&', 2_600),
  form('a form of one name of 1 MiB', '%41'),
];

/** How long `/healthz` waits while what must be refused is sent at its largest. See README.md. */
export async function refusals(): Promise<Finding> {
  const server = await BenchServer.start();
  try {
    const figures: Figure[] = [
      { name: 'nothing sent: longest /healthz', value: (await during(server)).longest, unit: 'ms' },
    ];
    for (const attack of attacks) {
      for (const credentials of [server.credentials, undefined]) {
        // The compiler has seen it.
        await send(server.url, attack, credentials);
        const { longest, cpu } = await during(server, () => send(server.url, attack, credentials));
        const name = `${attack.name}${credentials ? '' : ', unsigned'}`;
        figures.push({ name: `${name}: longest /healthz`, value: longest, unit: 'ms', aim: { atMost: 20 } });
        figures.push({ name: `${name}: CPU a request`, value: cpu / 1000, unit: 'ms' });
      }
    }
    return { kind: 'measured', figures };
  } finally {
    await server.close();
  }
}

/** Sends again and again while another process asks for `/healthz`. */
async function during(server: BenchServer, send?: () => Promise<void>): Promise<{ longest: number; cpu: number }> {
  const child = fork(new URL('./support/health-probe.ts', import.meta.url), [server.url, String(seconds)]);
  let isOver = false;
  let sent = 0;
  let cpu = 0;
  const failed = once(child, 'exit').then(([code]) => {
    if (!isOver) throw new Error(`the probe ended with ${code}`);
  });
  const answer = once(child, 'message').finally(() => {
    isOver = true;
  });
  while (send && !isOver) {
    await sleep(pause);
    const before = cpuTimeOf(server.pid);
    await send();
    cpu += cpuBetween(before, cpuTimeOf(server.pid)).own;
    sent += 1;
  }
  const [times] = (await Promise.race([answer, failed.then(() => answer)])) as [readonly number[]];
  return { longest: Math.max(...times), cpu: cpu / Math.max(sent, 1) };
}

/** Throws unless it is refused. */
async function send(url: string, { path, service, headers, body }: Attack, credentials?: Credentials): Promise<void> {
  const message = { method: 'POST', path, query: '', headers: { host: new URL(url).host, ...headers }, body };
  const signing = { region: 'us-east-1', service, now: Date.now() };
  const signed = credentials ? signRequest(message, { ...signing, credentials }) : message.headers;
  const agent = new Agent({ keepAlive: true });
  const sending = request(`${url}${path}`, { method: 'POST', headers: signed, agent });
  // Who is refused by his headers may be cut off before all is sent.
  sending.on('error', () => {});
  sending.end(body);
  const [answer] = await once(sending, 'response');
  answer.resume();
  await once(answer, 'close');
  agent.destroy();
  if (answer.statusCode < 400) throw new Error(`it was answered ${answer.statusCode}`);
}
