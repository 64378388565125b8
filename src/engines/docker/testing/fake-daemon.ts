import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeContainer {
  readonly id: string;
  readonly name: string;
  readonly body: {
    readonly Labels?: Readonly<Record<string, string>>;
    readonly Env?: readonly string[];
    readonly HostConfig?: object;
  };
  /** `stopped` is Podman's alone: over, and not cleared up. */
  status: 'created' | 'running' | 'stopped' | 'exited';
  finishedAt?: string;
  exitCode: number;
  /** Of its first process, as the daemon says it. */
  pid: number;
  /** How often it has run out of memory, as far as the daemon has heard. */
  shortages?: number;
  /** Nothing of it runs, and the daemon has not heard of its end. */
  isForgotten?: boolean;
  /** What it has written: time and text, one piece each, to standard output unless it says 2. */
  readonly output: (readonly [time: string, text: string, stream?: 1 | 2])[];
}

/** A daemon that does what real ones cannot be made to do: hang, cut streams, forget, be another one. Its containers run nothing. */
export class FakeDaemon {
  readonly socket: string;
  readonly directory: string;
  readonly containers = new Map<string, FakeContainer>();
  /** Every call, as it came: `POST /containers/x/start`. */
  readonly calls: string[] = [];
  /** Of its default bridge: made anew with each start of a Docker. */
  bridge = '2026-01-01T00:00:00Z';
  liveRestore = false;
  securityOptions: readonly string[] = [];
  /** Calls that get no answer, until `resume`. */
  hanging: RegExp | undefined;
  #held: (() => void)[] = [];
  /** What it says instead of what it would: `cut`, half an answer. */
  instead: (
    words: string,
    call: IncomingMessage,
  ) => { readonly status: number; readonly content: unknown } | 'cut' | undefined = () => undefined;
  /** Whether images are there. */
  hasImages = true;
  /** Pieces of output after which the next stream of it is cut. */
  cutAfter: number | undefined;
  /** Pieces that streams have that follow: they end with their container, whether or not all is in them. */
  followed = Number.POSITIVE_INFINITY;
  /** Pieces, by their index, that streams leave out that follow, as Podman's do. */
  leftOut: readonly number[] = [];
  /** Streams that follow have no head before their end, as Podman's before any output; or they have no end either. */
  silent: 'until its end' | 'for ever' | undefined;
  /** From which second on output was asked for, each time. */
  readonly since: number[] = [];
  /** Streams are none of Docker's. */
  isUnframed = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Ids of containers whose end it was there to see, since it came back. */
  readonly #seenEnds = new Set<string>();
  readonly #exits = new Map<string, (() => void)[]>();
  #waiting: (() => void)[] = [];

  private constructor() {
    this.directory = mkdtempSync(join(tmpdir(), 'fake-'));
    this.socket = join(this.directory, 'docker.sock');
    this.#server = createServer((call, answer) => void this.#answer(call, answer));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(): Promise<FakeDaemon> {
    const daemon = new FakeDaemon();
    await daemon.comeBack();
    return daemon;
  }

  async comeBack(): Promise<void> {
    await once(this.#server.listen(this.socket), 'listening');
  }

  /** Every connection breaks, and there is no other. */
  async go(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#seenEnds.clear();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Takes no more connections, and answers on those that it has, as a Docker that is told to go; then `go`. */
  takeNoMore(): void {
    NetServer.prototype.close.call(this.#server);
  }

  /** Answers what it was asked meanwhile, and all that comes. */
  resume(): void {
    this.hanging = undefined;
    for (const go of this.#held.splice(0)) go();
  }

  /** Resolves once so many calls have come that match. */
  async called(pattern: RegExp, times = 1): Promise<void> {
    while (this.calls.filter((call) => pattern.test(call)).length < times)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves once nobody has a connection to it. */
  async left(): Promise<void> {
    for (const socket of this.#sockets) if (!socket.destroyed) await once(socket, 'close');
  }

  only(): FakeContainer {
    const [container, ...others] = this.containers.values();
    if (!container || others.length > 0) throw new Error(`there are ${this.containers.size} containers`);
    return container;
  }

  exit(container: FakeContainer, code: number): void {
    container.status = 'exited';
    container.exitCode = code;
    if (this.#server.listening) this.#seenEnds.add(container.id);
    for (const tell of this.#exits.get(container.id) ?? []) tell();
  }

  async dispose(): Promise<void> {
    if (this.#server.listening) await this.go();
    rmSync(this.directory, { recursive: true });
  }

  async #answer(call: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(call.url ?? '', 'http://daemon');
    const words = `${call.method} ${url.pathname}`;
    let text = '';
    for await (const chunk of call.setEncoding('utf8')) text += chunk;
    this.calls.push(words);
    for (const wake of this.#waiting.splice(0)) wake();
    if (this.hanging?.test(words)) await new Promise<void>((resolve) => this.#held.push(resolve));
    if (answer.destroyed) return;
    const other = this.instead(words, call);
    if (other === 'cut') answer.write('{"status":', () => answer.destroy());
    else if (other) json(answer, other.status, other.content);
    if (other) return;
    const [, kind, id = '', action] = url.pathname.split('/');
    if (kind === 'containers' && id !== 'create' && id !== 'json') this.#ofContainer(id, action, url, answer);
    else this.#ofDaemon(words, text, url, answer);
  }

  #ofDaemon(words: string, text: string, url: URL, answer: ServerResponse): void {
    if (words === 'GET /_ping') answer.end('OK');
    else if (words === 'GET /version') json(answer, 200, { Version: '0.0.1' });
    else if (words === 'GET /info')
      json(answer, 200, {
        ...{ LiveRestoreEnabled: this.liveRestore, MemoryLimit: true },
        SecurityOptions: this.securityOptions,
      });
    else if (words === 'GET /networks/bridge') json(answer, 200, { Created: this.bridge });
    else if (words.startsWith('GET /images/'))
      json(answer, this.hasImages ? 200 : 404, { Id: 'sha256:1', message: 'no such image' });
    else if (words === 'GET /containers/json') json(answer, 200, this.#list(url.searchParams));
    else if (words === 'GET /events') this.#events(url, answer);
    else if (words === 'POST /containers/create') this.#create(url.searchParams.get('name') ?? '', text, answer);
    else json(answer, 404, { message: `${words} is not known` });
  }

  #events(url: URL, answer: ServerResponse): void {
    const asked: { container?: string[]; event?: string[] } = JSON.parse(url.searchParams.get('filters') ?? '{}');
    const [[id = ''], [event = '']] = [asked.container ?? [], asked.event ?? []];
    const times = event === 'oom' ? (this.containers.get(id)?.shortages ?? 0) : Number(this.#seenEnds.has(id));
    answer.end(`${JSON.stringify({ Action: event, id })}\n`.repeat(times));
  }

  /** Those that have all labels, `name=value`. */
  #list(asked: URLSearchParams): readonly object[] {
    const { label: wanted = [] }: { label?: readonly string[] } = JSON.parse(asked.get('filters') ?? '{}');
    const has = ({ body: { Labels = {} } }: FakeContainer, label: string) =>
      Object.entries(Labels).some(([name, value]) => `${name}=${value}` === label);
    return [...this.containers.values()]
      .filter((container) => wanted.every((label) => has(container, label)))
      .map(({ id, name, body }) => ({ Id: id, Names: [`/${name}`], Labels: body.Labels }));
  }

  #create(name: string, text: string, answer: ServerResponse): void {
    if (this.#find(name)) {
      json(answer, 409, { message: `Conflict. The container name "/${name}" is already in use` });
      return;
    }
    json(answer, 201, { Id: this.put(name, JSON.parse(text)).id });
  }

  /** A container that is there already. */
  put(name: string, body: FakeContainer['body'] = {}): FakeContainer {
    const id = `id-${this.containers.size}-${name}`;
    const container: FakeContainer = { id, name, body, status: 'created', exitCode: 0, pid: 0, output: [] };
    this.containers.set(id, container);
    return container;
  }

  #ofContainer(id: string, action: string | undefined, url: URL, answer: ServerResponse): void {
    const container = this.#find(id);
    if (!container) json(answer, 404, { message: `No such container: ${id}` });
    else if (action === 'start') {
      if (container.status === 'created') container.status = 'running';
      answer.writeHead(204).end();
    } else if (action === 'top') this.#top(container, answer);
    else if (action === 'wait') this.#wait(container, answer);
    else if (action === 'json') json(answer, 200, inspected(container));
    else if (action === 'logs') this.#logs(container, url.searchParams, answer);
    else if (action === 'kill') {
      this.exit(container, url.searchParams.get('signal') === 'SIGKILL' ? 137 : 143);
      answer.writeHead(204).end();
    } else {
      this.containers.delete(container.id);
      answer.writeHead(204).end();
    }
  }

  #top({ isForgotten = false }: FakeContainer, answer: ServerResponse): void {
    if (isForgotten) answer.end();
    else json(answer, 200, { Processes: [['1', 'root', 'true']] });
  }

  #wait(container: FakeContainer, answer: ServerResponse): void {
    answer.writeHead(200).flushHeaders();
    const tell = () => answer.end(JSON.stringify({ StatusCode: container.exitCode }));
    if (container.status === 'exited') tell();
    else this.#onExit(container, tell);
  }

  #onExit({ id }: FakeContainer, tell: () => void): void {
    this.#exits.set(id, [...(this.#exits.get(id) ?? []), tell]);
  }

  #logs(container: FakeContainer, asked: URLSearchParams, answer: ServerResponse): void {
    this.since.push(Number(asked.get('since')));
    if (asked.get('follow') === '1' && this.silent) {
      if (this.silent === 'until its end') this.#onExit(container, () => answer.writeHead(200).end());
      return;
    }
    answer.writeHead(200).flushHeaders();
    if (this.isUnframed) answer.write('no frame, but text');
    const follows = asked.get('follow') === '1';
    const cut = this.cutAfter;
    this.cutAfter = undefined;
    const since = Number(asked.get('since')) * 1000;
    const pieces = container.output
      .slice(0, cut ?? (follows ? this.followed : undefined))
      .filter((_, index) => !follows || !this.leftOut.includes(index));
    for (const [time, text, stream = 1] of pieces)
      if (Date.parse(time) >= since) answer.write(frame(`${time} ${text}`, stream));
    if (cut !== undefined) answer.write(frame('half', 1).subarray(0, 6), () => answer.destroy());
    else if (!follows || container.status === 'exited') answer.end();
    else this.#onExit(container, () => answer.end());
  }

  #find(idOrName: string): FakeContainer | undefined {
    return this.containers.get(idOrName) ?? [...this.containers.values()].find(({ name }) => name === idOrName);
  }
}

function inspected({ id, body, status, exitCode, pid, finishedAt = '2026-01-01T00:00:02Z' }: FakeContainer): object {
  const StartedAt = status === 'created' ? '0001-01-01T00:00:00Z' : '2026-01-01T00:00:01Z';
  const State = { Status: status, Pid: pid, ExitCode: exitCode, StartedAt, FinishedAt: finishedAt };
  return { Id: id, Config: { Labels: body.Labels }, State };
}

function json(answer: ServerResponse, status: number, content: unknown): void {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
}

function frame(content: string, stream: 1 | 2): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(Buffer.byteLength(content), 4);
  return Buffer.concat([header, Buffer.from(content)]);
}
