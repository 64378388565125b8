import { ChangeFollower } from './change-follower.ts';
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
const tellAll = (told: Told) => {
  for (const page of pages) page.postMessage(told);
};
const holder: SessionHolder = new SessionHolder(new Sender(location.host), (session) => {
  tellAll({ kind: 'session', session });
  follower.enter(session);
});
const follower = new ChangeFollower({
  source: { stream: (call, signal, tell) => holder.stream(call, undefined, signal, tell) },
  tellLive: (live) => tellAll({ kind: 'live', live }),
  tellChanged: (changed) => tellAll({ kind: 'changed', changed }),
  pause,
});

function connect(page: Page): void {
  pages.add(page);
  page.postMessage({ kind: 'live', live: follower.live });
  const streams = new PageStreams(holder, (told) => page.postMessage(told));
  page.onmessage = async ({ data: { id, question } }) => {
    if (question.kind === 'leave') {
      pages.delete(page);
      streams.stopAll();
    } else if (question.kind === 'stop') streams.stop(question.stream);
    else if (question.kind === 'stream') await streams.open(id, question.call, question.region);
    else page.postMessage(told(id, await holder.answer(question)));
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

const scope = globalThis as unknown as WorkerScope;
if ('onconnect' in scope) {
  scope.onconnect = ({ ports: [port] }) => {
    if (port) connect(port);
  };
} else connect(scope);
