import { firstIndex } from '../core/first-index.ts';
import { OpenLanes } from './open-lanes.ts';
import type { Lane, Queue, WaitingJob } from './queue.ts';

/** A queue while heads of it may still start. */
interface Turn {
  readonly queue: Queue;
  head: WaitingJob;
  /** Where it stood when it was found. */
  lane: Lane | undefined;
  /** Absent as long as none was blocked: then the first is looked for among all. */
  lanes?: OpenLanes;
}

/**
 * The heads that may start, one after another, in the order that queues are served: greater priority first (spec 03 §9.4); among
 * equals the one whose head came first, so that neither starves the other. Tell of each what became of it before the next is asked.
 */
export class QueueTurns {
  /** The first to be served is last, where it is cheap to take. */
  readonly #turns: Turn[];
  #current: Turn | undefined;
  /** Of each queue, the one of its heads that were blocked that came last. */
  readonly #blocked = new Map<Queue, WaitingJob>();

  constructor(queues: Iterable<Queue>) {
    this.#turns = [...queues]
      .flatMap((queue) => {
        const head = queue.first();
        return head ? [{ queue, head, lane: head.share.lane }] : [];
      })
      .sort((a, b) => compare(b.head, a.head));
  }

  next(): WaitingJob | undefined {
    this.#current = this.#turns.pop();
    return this.#current?.head;
  }

  /**
   * The head that was asked for last has left its queue. Answers false if what stands there now goes before a head of another queue
   * that was blocked already, as one of another share may: the turns are to begin anew then.
   */
  started(): boolean {
    const { lanes, lane: before, head: started } = this.#current ?? {};
    const after = started?.share.lane;
    if (before) lanes?.changed(before);
    if (after && after !== before) lanes?.changed(after);
    const head = this.#goOn();
    if (!head) return true;
    for (const [queue, blocked] of this.#blocked)
      if (queue !== head.share.queue && compare(head, blocked) < 0) return false;
    return true;
  }

  /**
   * There is no room for it, and so for none that asks for the same. It keeps back its share, or the whole queue if that is to be so;
   * a queue that is first in, first out has one share.
   */
  blocked(): void {
    const turn = this.#current;
    if (!turn) return;
    const before = this.#blocked.get(turn.queue);
    if (!before || compare(before, turn.head) < 0) this.#blocked.set(turn.queue, turn.head);
    if (turn.queue.settings.fairShare?.blocking === 'queue') return;
    turn.lanes ??= new OpenLanes(turn.queue.lanes(), turn.queue.x);
    if (turn.lane) turn.lanes.shut(turn.lane);
    this.#goOn();
  }

  /** Answers the head that the queue comes back with, if it does. */
  #goOn(): WaitingJob | undefined {
    const turn = this.#current;
    const head = turn?.lanes ? turn.lanes.first : turn?.queue.first();
    if (!turn || !head) return undefined;
    turn.head = head;
    turn.lane = head.share.lane;
    const index = firstIndex(this.#turns.length, (at) => {
      const other = this.#turns[at];
      return other !== undefined && compare(other.head, head) < 0;
    });
    this.#turns.splice(index, 0, turn);
    return head;
  }
}

/** Queues that have jobs, in the order in which they are served. */
export function inOrder(queues: Iterable<Queue>): readonly Queue[] {
  const heads = [...queues].flatMap((queue) => queue.first() ?? []);
  return heads.sort(compare).map(({ share }) => share.queue);
}

/** Whether a head is of the queue, or of one that is served before it. */
export function isServedUpTo(head: WaitingJob, queue: Queue): boolean {
  const first = queue.first();
  return head.share.queue === queue || (first !== undefined && compare(head, first) < 0);
}

/** Negative when `a` is served before `b`. */
function compare(a: WaitingJob, b: WaitingJob): number {
  return (
    b.share.queue.settings.priority - a.share.queue.settings.priority ||
    a.sequence - b.sequence ||
    (a.jobId < b.jobId ? -1 : a.jobId > b.jobId ? 1 : 0)
  );
}
