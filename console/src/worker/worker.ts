import type { Asked, Told } from './messages.ts';
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
const holder = new SessionHolder(new Sender(), (session) => {
  for (const page of pages) page.postMessage({ kind: 'session', session });
});

function connect(page: Page): void {
  pages.add(page);
  page.onmessage = async ({ data: { id, question } }) => {
    if (question.kind === 'leave') {
      pages.delete(page);
      return;
    }
    const sent = await holder.answer(question);
    if (sent.kind === 'value') page.postMessage({ kind: 'answer', id, value: sent.value });
    else page.postMessage({ kind: 'failure', id, failure: sent.failure });
  };
}

const scope = globalThis as unknown as WorkerScope;
if ('onconnect' in scope) {
  scope.onconnect = ({ ports: [port] }) => {
    if (port) connect(port);
  };
} else connect(scope);
