import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { commandProtocol } from '../core/command-frames.ts';
import { invariant } from '../core/errors.ts';
import { LinkedList } from '../core/linked-list.ts';
import { type Answer, type StreamedAnswer, sendAnswer, type WireError } from './answer.ts';
import { announcesTooMuch, bodyError, drainBody, readBody } from './body.ts';
import { BodyBudget } from './body-budget.ts';
import { parserError, writeToSocket } from './client-error.ts';
import { ConnectionLog } from './connection-log.ts';
import { Connections } from './connections.ts';
import { formatError } from './error-format.ts';
import { Exchange } from './exchange.ts';
import { FilesWatch } from './files-watch.ts';
import { type HealthPage, HealthPages, healthPages } from './health.ts';
import { HostGuard } from './host-guard.ts';
import { MetricsAccess } from './metrics-access.ts';
import { createNodeServer } from './node-server.ts';
import {
  type CompiledGatewayOptions,
  compileGatewayOptions,
  type GatewayOptions,
  type PublicDocument,
} from './options.ts';
import { type Admission, Pipeline, unsignedBody } from './pipeline.ts';
import { RequestIds } from './request-ids.ts';
import { measureHeld, measureProcess } from './request-metrics.ts';
import { RequestRecorder } from './request-recorder.ts';
import { streamAnswer } from './streamed-answer.ts';
import { guessFormat } from './unserved.ts';

/** The HTTP server of all services. */
export interface Gateway {
  /** Starts to accept connections; rejects if the address cannot be bound. Port 0 takes any free one. */
  listen(where: { readonly host: string; readonly port: number }): Promise<GatewayAddress>;
  /** Where it listens; undefined before `listen` and after `close`. */
  address(): GatewayAddress | undefined;
  /** How many requests have begun and are not answered. */
  inFlight(): number;
  /** Stops accepting, lets requests in flight finish for `limits.closeTime`, then aborts them; closes every connection. */
  close(): Promise<void>;
}

export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:9470` */
  readonly url: string;
}

/** Makes a gateway. It holds no timer and no socket until `listen`. */
export function createGateway(options: GatewayOptions): Gateway {
  return new HttpGateway(compileGatewayOptions(options));
}

/**
 * Fastify owns the server's life and serves the pages that are no AWS calls. Calls are read here: on their way through
 * Fastify's routing and body parsing each would cost a fifth more.
 */
class HttpGateway implements Gateway {
  readonly #options: CompiledGatewayOptions;
  readonly #pipeline: Pipeline;
  readonly #guard: HostGuard;
  readonly #health: HealthPages;
  readonly #metricsAccess: MetricsAccess;
  readonly #recorder: RequestRecorder;
  readonly #requestIds: RequestIds;
  readonly #budget: BodyBudget;
  /** Of who has no key: they take turns with each other alone. */
  readonly #budgetOfStrangers: BodyBudget;
  readonly #connections: Connections;
  readonly #connectionLog: ConnectionLog;
  readonly #filesWatch: FilesWatch;
  readonly #app: FastifyInstance;
  /** Of requests that Fastify has. */
  readonly #exchanges = new WeakMap<IncomingMessage, Exchange>();
  readonly #inFlight = new LinkedList<Exchange>();
  /** Whose answers go on until they are ended. */
  readonly #streaming = new LinkedList<Exchange>();
  #stopMeasuring = () => {};
  #closing: Promise<void> | undefined;

  constructor(options: CompiledGatewayOptions) {
    this.#options = options;
    this.#guard = new HostGuard(options.hosts);
    this.#health = new HealthPages(options);
    this.#metricsAccess = new MetricsAccess(options);
    this.#recorder = new RequestRecorder(options);
    this.#requestIds = new RequestIds(options.random);
    this.#budget = new BodyBudget(options.limits.arrivingBytes);
    this.#budgetOfStrangers = new BodyBudget(Math.max(unsignedBody, options.limits.arrivingBytes / 16));
    this.#connectionLog = new ConnectionLog(options);
    this.#connections = new Connections(options.limits, (reason) => this.#connectionLog.dropped(reason));
    const { clock, canOpenFile } = options;
    this.#filesWatch = new FilesWatch({ clock, canOpenFile, giveWay: () => this.#connections.giveWay() });
    this.#pipeline = new Pipeline(options, () => this.#filesWatch.look());
    measureHeld(options.metrics, {
      connections: () => this.#connections.count,
      bodies: () => this.#budget.total + this.#budgetOfStrangers.total,
    });
    this.#app = this.#createApp();
  }

  async listen(where: { readonly host: string; readonly port: number }): Promise<GatewayAddress> {
    this.#guard.add(where.host);
    if (isLoopback(where.host)) this.#guard.addLoopback();
    await this.#app.listen({ host: where.host, port: where.port });
    this.#stopMeasuring = measureProcess(this.#options.metrics);
    this.#filesWatch.start();
    const address = this.address();
    if (!address) throw new Error('the server closed while it was starting');
    return address;
  }

  address(): GatewayAddress | undefined {
    const bound = this.#app.server.address() as AddressInfo | null;
    if (!bound) return undefined;
    const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
    const scheme = this.#options.tls ? 'https' : 'http';
    return { host: bound.address, port: bound.port, url: `${scheme}://${host}:${bound.port}` };
  }

  inFlight(): number {
    return this.#inFlight.size;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const cancel = this.#options.clock.after(this.#options.limits.closeTime, () => {
      for (const exchange of this.#inFlight) exchange.abort(new Error('the server stops'));
      this.#app.server.closeAllConnections();
    });
    for (const exchange of this.#streaming) exchange.abort(new Error('the server stops'));
    await this.#app.close();
    this.#filesWatch.stop();
    cancel();
    this.#stopMeasuring();
  }

  #createApp(): FastifyInstance {
    const app: FastifyInstance = Fastify({
      clientErrorHandler: (error, socket) => this.#refuseSocket(error, socket),
      return503OnClosing: false,
      serverFactory: (listener) =>
        createNodeServer(this.#options, (request, response) => {
          this.#connections.takeTurn(request, () => this.#receive(request, response, listener));
        }),
    });
    this.#watchConnections(app.server);
    app.server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
      outliveErrors(socket);
      this.#refuseUnread(socket, noTunnel);
    });
    app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      outliveErrors(socket);
      this.#connections.takeTurn(request, () => this.#upgrade(request, socket, head));
    });
    for (const page of healthPages) {
      const handler = (request: FastifyRequest, reply: FastifyReply) => this.#servePage(page, request, reply);
      app.route({ method: ['GET', 'HEAD'], url: page, handler });
    }
    return app;
  }

  /** Its connection is no longer Node's, and never gives way: it counts until it is closed. */
  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const [path = ''] = (request.url ?? '').split('?', 1);
    const refusal = this.#screen(request);
    const takeOver = refusal ? undefined : this.#options.upgrades?.(path, request.headers);
    if (!takeOver) {
      this.#refuseUnread(socket, refusal ?? noSession);
      return;
    }
    this.#connections.answering(request);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${commandProtocol}\r\n\r\n`);
    takeOver(socket, head);
  }

  #watchConnections(server: Server): void {
    const secure = this.#options.tls !== undefined;
    server.on('connection', (socket) => this.#connections.open(socket, secure));
    server.on('secureConnection', (socket: Socket) => this.#connections.secured(socket));
    // Of `accept`, if the platform reports any (`FilesWatch` says what libuv does). That nobody listens would end the process.
    // Before the server listens it is a refusal to, which `listen` rejects with.
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (server.listening) this.#connectionLog.acceptFailed(error);
    });
  }

  /** First of all: may this request be looked at? Only then is it, and only then is its body read. */
  #receive(request: IncomingMessage, response: ServerResponse, fastify: RequestListener): void {
    const exchange = this.#begin(request, response);
    const refusal = this.#screen(request);
    if (refusal) this.#refuse(exchange, refusal, awaitsContinue(request));
    else if (this.#options.health !== false && this.#health.serves(request.method, exchange.path)) {
      this.#exchanges.set(request, exchange);
      fastify(request, response);
    } else {
      const document = request.method === 'GET' ? this.#options.documents?.(exchange.path) : undefined;
      if (document) this.#serveDocument(exchange, document);
      else if (!this.#servePages(exchange)) this.#admit(exchange);
    }
  }

  /** Answers what is a page; false for what is none. */
  #servePages(exchange: Exchange): boolean {
    const { path, now, request } = exchange;
    const { method = 'GET', headers } = request;
    const answer = this.#options.pages?.({ method, path, headers, now });
    if (answer === undefined) return false;
    exchange.service = 'pages';
    this.#connections.answering(request);
    this.#answerWith(exchange, answer);
    return true;
  }

  #serveDocument(exchange: Exchange, document: PublicDocument): void {
    // Counted and logged as the other pages that anybody may read.
    exchange.service = 'health';
    this.#finish(exchange, { status: 200, ...document });
  }

  #admit(exchange: Exchange): void {
    const { request, response } = exchange;
    const admittance = this.#pipeline.admit(exchange);
    if (admittance.kind === 'refused') {
      this.#finish(exchange, admittance.answer, awaitsContinue(request));
      return;
    }
    const { maxBody } = admittance.admission;
    if (awaitsContinue(request)) {
      if (announcesTooMuch(request, maxBody)) {
        this.#refuse(exchange, bodyError({ kind: 'too-large' }, maxBody), true);
        return;
      }
      response.writeContinue();
    }
    this.#read(exchange, admittance.admission);
  }

  #read(exchange: Exchange, admission: Admission): void {
    const limit = admission.maxBody;
    const budget = admission.isOfStranger ? this.#budgetOfStrangers : this.#budget;
    readBody(exchange.request, { limit, budget }, (reading) => {
      if (reading.kind === 'body') {
        this.#connections.answering(exchange.request);
        this.#answerWith(exchange, this.#pipeline.answer(exchange, admission, reading.body));
      } else this.#refuse(exchange, bodyError(reading, limit));
    });
  }

  #servePage(page: HealthPage, request: FastifyRequest, reply: FastifyReply): void {
    reply.hijack();
    const exchange = this.#exchanges.get(request.raw);
    invariant(exchange, 'Fastify serves only requests that began');
    exchange.service = 'health';
    if (page === '/metrics' && !this.#metricsAccess.allows(exchange)) this.#refuse(exchange, noMetrics);
    else this.#answerWith(exchange, this.#health.render(page));
  }

  #answerWith(exchange: Exchange, answer: Answer | Promise<Answer | StreamedAnswer>): void {
    if (!(answer instanceof Promise)) {
      this.#finish(exchange, answer);
      return;
    }
    answer.then(
      (ready) => ('pieces' in ready ? this.#stream(exchange, ready) : this.#finish(exchange, ready)),
      (error: unknown) => this.#failUnforeseen(exchange, error),
    );
  }

  #begin(request: IncomingMessage, response: ServerResponse): Exchange {
    const { clock } = this.#options;
    const now = clock.now();
    const exchange = new Exchange(request, response, this.#requestIds.next(now), now, clock.monotonic());
    this.#inFlight.add(exchange);
    return exchange;
  }

  #screen(request: IncomingMessage): WireError | undefined {
    const { headers, rawHeaders } = request;
    const { headerCount } = this.#options.limits;
    if (rawHeaders.length > headerCount * 2) return parserError('HPE_HEADER_OVERFLOW');
    const message = this.#guard.refuse(headers, rawHeaders, request.socket, this.#isLinkable(request));
    return message === undefined ? undefined : { code: 'AccessDeniedException', status: 403, message };
  }

  #isLinkable({ method, url = '' }: IncomingMessage): boolean {
    return method === 'GET' && this.#options.linkable?.(url.split('?', 1)[0] ?? '') === true;
  }

  /** Node's parser gave up on a connection. */
  #refuseSocket(error: NodeJS.ErrnoException, socket: Duplex): void {
    const refusal = parserError(error.code);
    const exchange = [...this.#inFlight].find(({ request }) => request.socket === socket);
    if (exchange && !exchange.request.complete && !exchange.response.headersSent) {
      this.#refuse(exchange, refusal, true);
      return;
    }
    // An answer under way cannot be interrupted by another.
    if (exchange || this.#connections.isMidway(socket) || error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    this.#refuseUnread(socket, refusal);
  }

  #refuseUnread(socket: Duplex, refusal: WireError): void {
    const requestId = this.#requestIds.next(this.#options.clock.now());
    writeToSocket(socket, refusal, requestId);
    this.#recorder.recordUnread(refusal, requestId);
  }

  /** `last`: nothing more can be read from the connection. */
  #refuse(exchange: Exchange, error: WireError, last = false): void {
    exchange.error = error;
    this.#finish(exchange, formatError(guessFormat(exchange.request.headers), error, exchange.requestId), last);
  }

  /** A bug in the gateway itself; those of handlers have been answered before. */
  #failUnforeseen(exchange: Exchange, error: unknown): void {
    const { requestId } = exchange;
    this.#options.logger.error({ requestId, err: error }, 'the gateway failed unforeseen');
    this.#refuse(exchange, { code: 'InternalFailure', status: 500, message: 'An internal error occurred.' });
  }

  /** Recorded when it begins: it may go on for hours, and ends with the server at the latest. */
  #stream(exchange: Exchange, answer: StreamedAnswer): void {
    if (!this.#inFlight.delete(exchange)) return;
    const { response, request, requestId, signal } = exchange;
    const { clock, limits, logger } = this.#options;
    this.#streaming.add(exchange);
    if (this.#closing) exchange.abort(new Error('the server stops'));
    this.#recorder.record(exchange, answer.status, request);
    streamAnswer(response, answer, { clock, requestId, answerTime: limits.answerTime, signal })
      .catch((error: unknown) => logger.error({ requestId, err: error }, 'an answer broke off'))
      .finally(() => {
        this.#streaming.delete(exchange);
        this.#connections.finished(request, exchange.principal?.kind !== 'anonymous');
      });
  }

  #finish(exchange: Exchange, answer: Answer, last = false): void {
    if (!this.#inFlight.delete(exchange)) return;
    const { response, request, requestId } = exchange;
    if (!response.headersSent && !response.destroyed) {
      sendAnswer(response, answer, requestId, last || this.#closing !== undefined);
      drainBody(request);
    }
    this.#recorder.record(exchange, answer.status, request);
    const { principal } = exchange;
    this.#connections.finished(request, principal !== undefined && principal.kind !== 'anonymous');
  }
}

/** Node hears no more of a socket that it hands over: a client that resets it would end the process. Its close follows. */
function outliveErrors(socket: Duplex): void {
  socket.on('error', () => {});
}

/** The client sends its body only when it is told to: a refusal must end the connection, on which no body may come. */
function awaitsContinue({ headers }: IncomingMessage): boolean {
  return headers.expect?.toLowerCase() === '100-continue';
}

const noMetrics: WireError = {
  code: 'AccessDeniedException',
  status: 403,
  message: 'The metrics are for those who sign the request, or whom the option metricsAccess names.',
};

const noSession: WireError = {
  code: 'AccessDeniedException',
  status: 403,
  message: 'There is no such session: it waits for its client once, and 30 seconds long.',
};

const noTunnel: WireError = { code: 'MethodNotAllowedException', status: 405, message: 'This server is no proxy.' };

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
