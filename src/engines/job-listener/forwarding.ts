import { connect, type Server, type Socket } from 'node:net';

/** Where the connections of one node go. */
interface Node {
  readonly server: Server;
  readonly clients: Set<Socket>;
}

/**
 * Carries bytes from sockets in the networks of nodes to one port of this host's 127.0.0.1 each, and looks at none of them.
 * Each connection of a node is one to the port, made anew: who listens there may come and go.
 */
export class Forwarding {
  readonly #most: number;
  readonly #nodes = new Map<string, Node>();

  /** `most` connections of each node at once; any more are closed as they come. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Serves a node from now on, at a socket of its network that listens. */
  serve(node: string, server: Server, port: number): void {
    const clients = new Set<Socket>();
    this.#nodes.set(node, { server, clients });
    server.maxConnections = this.#most;
    // No descriptor is free for one that came, and it is cut: the others go on.
    server.on('error', () => {});
    server.on('connection', (client) => {
      clients.add(client);
      client.once('close', () => clients.delete(client));
      join(client, port);
    });
  }

  /** Lets go of all that is of a node's network, which is gone with the last that holds it. */
  end(node: string): void {
    const { server, clients } = this.#nodes.get(node) ?? {};
    this.#nodes.delete(node);
    server?.close();
    for (const client of clients ?? []) client.destroy();
  }
}

/** Neither side is read faster than the other takes, and each may end what it sends and go on to listen. */
function join(client: Socket, port: number): void {
  client.allowHalfOpen = true;
  const target = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  carry(client, target);
  carry(target, client);
}

function carry(from: Socket, to: Socket): void {
  from.on('error', () => {}); // 'close' follows
  from.on('close', (hadError) => {
    // One that has ended in good order has handed on all, which the other may still have to send.
    if (hadError || !from.readableEnded) to.resetAndDestroy();
  });
  from.pipe(to);
}
