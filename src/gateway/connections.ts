import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Milliseconds } from '../core/ids.ts';
import { Linked, LinkedList } from '../core/linked-list.ts';

/** Why the server closed a connection by itself. */
export type DropReason =
  /** There was no room for it, and every other one was being answered. */
  | 'refused'
  /** It was idle, and another one wanted its place. */
  | 'displaced'
  /** It was idle, and no more files could be opened. */
  | 'shortage'
  /** More requests were sent ahead than are kept. */
  | 'pipelined';

export interface ConnectionLimits {
  /** Connections at once. */
  readonly connections: number;
  /** Requests of one connection that may wait for the one before them. */
  readonly pipelined: number;
  /** How long a client may read nothing of an answer that waits for it. */
  readonly answerTime: Milliseconds;
}

class Connection extends Linked {
  readonly socket: Socket;
  /** A request over it was verified. */
  known = false;
  /** One request at a time is served; the others wait, and nothing more is read meanwhile. */
  serving = false;
  readonly waiting: (() => void)[] = [];
  /** The last one: the rest of its body may still come. */
  answered: IncomingMessage | undefined;

  constructor(socket: Socket) {
    super();
    this.socket = socket;
  }
}

/**
 * Who may be connected, and whose turn it is. A connection over which nothing is being answered gives way to a new one:
 * first those over which nobody has proved who he is, first those that have been idle for longest. A half-sent request
 * counts as idle. Requests sent ahead over one connection are served one after another.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #dropped: (reason: DropReason) => void;
  readonly #bySocket = new WeakMap<Duplex, Connection>();
  /** TLS sockets that shake hands, by the client's address: the requests come over another socket than the connection. */
  readonly #handshakes = new Map<string, Connection>();
  readonly #all = new Set<Connection>();
  /** Those that may give way, idle for longest first. */
  readonly #idleStrangers = new LinkedList<Connection>();
  readonly #idleKnown = new LinkedList<Connection>();

  constructor(limits: ConnectionLimits, dropped: (reason: DropReason) => void) {
    this.#limits = limits;
    this.#dropped = dropped;
  }

  get count(): number {
    return this.#all.size;
  }

  /** A client has connected; `secure` if TLS comes first. */
  open(socket: Socket, secure: boolean): void {
    const connection = new Connection(socket);
    const address = addressOf(socket);
    if (secure) this.#handshakes.set(address, connection);
    this.#bySocket.set(socket, connection);
    this.#all.add(connection);
    this.#idleStrangers.add(connection);
    socket.once('close', () => {
      if (secure) this.#handshakes.delete(address);
      this.#all.delete(connection);
      connection.list?.delete(connection);
    });
    if (this.#all.size > this.#limits.connections) this.#makeRoom(connection);
  }

  /** The handshake of a connection is over: its requests will come over `socket`. */
  secured(socket: Socket): void {
    const address = addressOf(socket);
    const connection = this.#handshakes.get(address);
    this.#handshakes.delete(address);
    if (connection) this.#bySocket.set(socket, connection);
  }

  /** Calls `serve` when it is this request's turn, usually at once; `finished` must be called after it. */
  takeTurn(request: IncomingMessage, serve: () => void): void {
    const { socket } = request;
    const connection = this.#bySocket.get(socket);
    // One that was dropped: Node still reports what it had read of it.
    if (!connection || socket.destroyed) return;
    if (!connection.serving) {
      connection.serving = true;
      serve();
      return;
    }
    if (connection.waiting.length >= this.#limits.pipelined) {
      this.#drop(connection, 'pipelined');
      return;
    }
    connection.waiting.push(serve);
    socket.pause();
  }

  /** The request has been sent whole, and is being answered: its connection does not give way. */
  answering({ socket }: IncomingMessage): void {
    const connection = this.#bySocket.get(socket);
    if (!connection) return;
    connection.list?.delete(connection);
  }

  /** Whether a further answer would be taken for that of another request: of one that is served, or has not come whole. */
  isMidway(socket: Duplex): boolean {
    const connection = this.#bySocket.get(socket);
    return connection?.serving === true || connection?.answered?.complete === false;
  }

  /** The answer is on its way; `verified` if the request was. The connection is idle, or its next request is served. */
  finished(request: IncomingMessage, verified: boolean): void {
    const { socket } = request;
    const connection = this.#bySocket.get(socket);
    if (!connection || socket.destroyed) return;
    connection.answered = request;
    if (verified) connection.known = true;
    this.#setIdle(connection);
    if (socket.writableNeedDrain) this.#awaitReader(connection, socket);
    else if (connection.waiting.length === 0) connection.serving = false;
    // Not in this turn, so that other connections get theirs.
    else setImmediate(() => this.#next(connection, socket));
  }

  /** The client reads more slowly than it is answered: it gets the next answer when it has read this one. */
  #awaitReader(connection: Connection, socket: Socket): void {
    socket.setTimeout(this.#limits.answerTime);
    socket.once('drain', () => {
      // Node sets its own time for idle connections when nothing is left to answer.
      if (connection.waiting.length > 0) socket.setTimeout(0);
      this.#next(connection, socket);
    });
  }

  #next(connection: Connection, socket: Socket): void {
    const serve = connection.waiting.shift();
    if (connection.waiting.length === 0) socket.resume();
    if (serve && !socket.destroyed) serve();
    else connection.serving = false;
  }

  #setIdle(connection: Connection): void {
    (connection.known ? this.#idleKnown : this.#idleStrangers).add(connection);
  }

  /** Closes the connection that may go first, because files are short; false if none may go. */
  giveWay(): boolean {
    const victim = this.#idleStrangers.first ?? this.#idleKnown.first;
    if (victim) this.#drop(victim, 'shortage');
    return victim !== undefined;
  }

  #makeRoom(newcomer: Connection): void {
    const stranger = this.#idleStrangers.first;
    const victim = stranger === newcomer ? this.#idleKnown.first : stranger;
    if (victim) this.#drop(victim, 'displaced');
    else this.#drop(newcomer, 'refused');
  }

  #drop(connection: Connection, reason: DropReason): void {
    // What has not been called yet never will be.
    connection.waiting.length = 0;
    connection.list?.delete(connection);
    connection.socket.destroy();
    this.#dropped(reason);
  }
}

function addressOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
