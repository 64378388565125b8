/**
 * The forwarder: by it nodes in networks of their own reach the server's listener for jobs. A process of its own, since the
 * process that starts it, a runner or a server, has rights that nothing may have which takes bytes of jobs, and its time is that of all jobs. It gives up what
 * rights it has before it takes the first socket, runs no other program, and ends with that process. Its one argument is a
 * `ForwarderArguments` in JSON.
 */
import { flushCompileCache } from 'node:module';
import type { Server } from 'node:net';
import type { ForwarderArguments, ForwarderOrder, ForwarderWord } from './forwarder-words.ts';
import { Forwarding } from './forwarding.ts';

const { connections, identity }: ForwarderArguments = JSON.parse(process.argv.at(-1) ?? '{}');

// As the owner of the directory; the next one is spared the compiler.
flushCompileCache();
process.chdir('/');
if (process.getuid?.() === 0) giveUpRights();

const forwarding = new Forwarding(connections);
process.on('message', (order: ForwarderOrder, handle) => take(order, handle as Server | undefined));
process.on('disconnect', () => process.exit(0));
say({ kind: 'ready' });

/** The kernel takes all capabilities with the last uid 0, and keeps others of the new user from looking into this process. */
function giveUpRights(): void {
  process.setgroups?.([]);
  process.setgid?.(identity.gid);
  process.setuid?.(identity.uid);
}

function take(order: ForwarderOrder, server: Server | undefined): void {
  switch (order.kind) {
    case 'serve':
      if (!server) return; // it was closed on its way, with the node
      forwarding.serve(order.node, server, order.port);
      say({ kind: 'serving', node: order.node });
      return;
    case 'end':
      forwarding.end(order.node);
      return;
    default:
      order satisfies never;
  }
}

/** Who started it may be gone; 'disconnect' follows. */
function say(word: ForwarderWord): void {
  process.send?.(word, undefined, undefined, () => {});
}
