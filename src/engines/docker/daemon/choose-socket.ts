import { existsSync } from 'node:fs';
import type { Clock } from '../../../core/clock.ts';
import { dockerLimits } from '../docker-limits.ts';
import { Daemon } from './daemon.ts';

/** The first of these sockets at which a daemon answers; undefined if none does. */
export async function answeringSocket(sockets: readonly string[], clock: Clock): Promise<string | undefined> {
  const answers = await Promise.all(sockets.map((socket) => isAnswering(socket, clock)));
  return sockets.find((_, index) => answers[index]);
}

/** The socket to use: the first at which a daemon answers, else the first that is there, else the first. */
export async function chooseSocket(sockets: readonly string[], clock: Clock): Promise<string> {
  const [only, ...others] = sockets;
  if (only === undefined) throw new RangeError('no socket of a container daemon was named');
  if (others.length === 0) return only;
  return (await answeringSocket(sockets, clock)) ?? sockets.find((socket) => existsSync(socket)) ?? only;
}

async function isAnswering(socket: string, clock: Clock): Promise<boolean> {
  if (!existsSync(socket)) return false;
  const daemon = new Daemon(socket, clock);
  try {
    await daemon.json({ method: 'GET', path: '/_ping', within: dockerLimits.pingMs });
    return true;
  } catch {
    return false; // closed to us, gone or stuck: it is not the one
  } finally {
    daemon.close();
  }
}
