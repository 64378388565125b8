import type { Asked, Told } from './messages.ts';
import { PageStreams, told } from './page-streams.ts';
import { Sender } from './send.ts';
import { SessionHolder } from './session-holder.ts';

/** A page that is connected: its port of a SharedWorker, or the whole of a Worker that is one page's own. */
interface Page {
  postMessage(told: Told): void;
  onmessage: ((event: MessageEvent<Asked>) => void) | null;
}

interface WorkerScope extends Page {
  onconnect?: ((event: MessageEvent) => void) | null;
}

const pages = new Set<Page>();
const holder = new SessionHolder(new Sender(location.host), (session) => {
  for (const page of pages) page.postMessage({ kind: 'session', session });
});

function connect(page: Page): void {
  pages.add(page);
  const streams = new PageStreams(holder, (told) => page.postMessage(told));
  page.onmessage = async ({ data: { id, question } }) => {
    if (question.kind === 'leave') {
      pages.delete(page);
      streams.stopAll();
    } else if (question.kind === 'stop') streams.stop(question.stream);
    else if (question.kind === 'stream') await streams.open(id, question.call);
    else page.postMessage(told(id, await holder.answer(question)));
  };
}

const scope = globalThis as unknown as WorkerScope;
if ('onconnect' in scope) {
  scope.onconnect = ({ ports: [port] }) => {
    if (port) connect(port);
  };
} else connect(scope);
