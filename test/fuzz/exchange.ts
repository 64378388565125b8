import { connect } from 'node:net';

/** Only ends an exchange that hangs: the server answers or closes by itself. */
const hopeless = 60_000;

/**
 * Sends bytes on a connection of their own and answers all that comes back until the server closes it. `hangUp` says
 * that nothing more will come, after which a server need not answer.
 */
export function exchange(port: number, bytes: Uint8Array, { hangUp = false } = {}): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(hopeless, () => socket.destroy(new Error('the server neither answered nor closed')));
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The server need not read what it refuses: it may close first.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => resolve(Buffer.concat(received)));
    socket.write(bytes);
    if (hangUp) socket.end();
  });
}
