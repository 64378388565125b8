/**
 * A process of its own: a daemon that answers at once, as long answers as a Docker's, and whose containers write a line and end
 * after a moment. Prints its readiness. `instant-daemon.ts SOCKET MILLISECONDS`
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

const [socket = '', lifetime = '30'] = process.argv.slice(2);

interface Made {
  readonly id: string;
  readonly name: string;
  readonly labels: unknown;
  startedAt?: string;
  finishedAt?: string;
  readonly waiting: ServerResponse[];
}

const containers = new Map<string, Made>();
let made = 0;
/** As long as what Docker says of a container. */
const padding = Object.fromEntries(Array.from({ length: 120 }, (_, at) => [`Member${at}`, '0'.repeat(30)]));

function json(answer: ServerResponse, status: number, content: unknown): void {
  const text = JSON.stringify(content);
  const headers = {
    'api-version': '1.43',
    'content-type': 'application/json',
    'docker-experimental': 'false',
    ostype: 'linux',
  };
  answer.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
}

function create(name: string, text: string, answer: ServerResponse): void {
  made += 1;
  const id = made.toString(16).padStart(64, '0');
  containers.set(id, { id, name, labels: JSON.parse(text).Labels, waiting: [] });
  json(answer, 201, { Id: id, Warnings: [] });
}

function end(container: Made): void {
  container.finishedAt = new Date().toISOString();
  for (const waiting of container.waiting) waiting.end('{"StatusCode":0}\n');
}

function inspected({ id, name, labels, startedAt, finishedAt }: Made): object {
  const never = '0001-01-01T00:00:00Z';
  const Status = finishedAt ? 'exited' : startedAt ? 'running' : 'created';
  const State = {
    Status,
    Pid: 0,
    ExitCode: 0,
    OOMKilled: false,
    StartedAt: startedAt ?? never,
    FinishedAt: finishedAt ?? never,
  };
  return { Id: id, Name: `/${name}`, State, HostConfig: padding, Config: { Labels: labels, Env: [] } };
}

function logs(container: Made, answer: ServerResponse): void {
  const content = Buffer.from(`${container.startedAt ?? ''} done\n`);
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, content.length]);
  answer.writeHead(200, { 'content-type': 'application/vnd.docker.multiplexed-stream' });
  answer.end(Buffer.concat([header, content]));
}

function ofContainer(container: Made, action: string | undefined, answer: ServerResponse): void {
  if (action === 'start') {
    container.startedAt = new Date().toISOString();
    setTimeout(() => end(container), Number(lifetime));
    answer.writeHead(204).end();
  } else if (action === 'wait') {
    answer.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    if (container.finishedAt) answer.end('{"StatusCode":0}\n');
    else container.waiting.push(answer);
  } else if (action === 'json') json(answer, 200, inspected(container));
  else if (action === 'logs') logs(container, answer);
  else {
    containers.delete(container.id);
    answer.writeHead(204).end();
  }
}

async function answerTo(call: IncomingMessage, answer: ServerResponse): Promise<void> {
  const url = new URL(call.url ?? '', 'http://daemon');
  let text = '';
  for await (const chunk of call.setEncoding('utf8')) text += chunk;
  const path = url.pathname.replace(/^\/v1\.\d+/, '');
  const [, kind, id = '', action] = path.split('/');
  const container = containers.get(id);
  if (path === '/_ping') answer.end('OK');
  else if (path === '/version') json(answer, 200, { Version: '0.0.1' });
  else if (path === '/info') json(answer, 200, { MemoryLimit: true, CPUShares: true, PidsLimit: true });
  else if (path === '/networks/bridge') json(answer, 200, { Created: '2026-01-01T00:00:00Z', Options: padding });
  else if (kind === 'images') json(answer, 200, { Id: `sha256:${'1'.repeat(64)}`, RepoDigests: [], Config: padding });
  else if (path === '/containers/json')
    json(
      answer,
      200,
      [...containers.values()].map(({ id: Id, labels }) => ({ Id, Labels: labels })),
    );
  else if (path === '/containers/create') create(url.searchParams.get('name') ?? '', text, answer);
  else if (container) ofContainer(container, action, answer);
  else json(answer, 404, { message: `${path} is not known` });
}

const server = createServer((call, answer) => void answerTo(call, answer));
server.keepAliveTimeout = 0;
server.listen(socket, () => console.log('ready'));
