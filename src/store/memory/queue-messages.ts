import type { ChangeKind, ChangeOf } from '../changes.ts';
import type { QueueMessage } from '../queue-messages.ts';
import type { DriverReads } from '../reads.ts';
import { compareText } from '../text-order.ts';
import { always, takeWhile } from './iteration.ts';
import type { Mutation } from './mutation.ts';
import { all, ofQueue, type Tables } from './tables.ts';

type MessageKind = Extract<ChangeKind, `message.${string}` | `sentBefore.${string}`>;

export const messageMutations: { readonly [Kind in MessageKind]: (change: ChangeOf<Kind>) => Mutation } = {
  'message.put': ({ message, content }) => {
    const [row, brought] = [{ ...message }, { ...content }];
    return ({ messages, messageContents }) => {
      messages.put(row);
      messageContents.put(brought);
    };
  },
  'message.lease': ({ queue, id, visibleAt, receives, firstAt, nonce }) => {
    const key = ofQueue(queue, id);
    return ({ messages }) => {
      const known = messages.get(key);
      if (known) messages.put({ ...known, visibleAt, receives, firstAt, nonce });
    };
  },
  'message.move': ({ from, to }) => {
    const [key, row] = [ofQueue(from.queue, from.id), { ...to }];
    return ({ messages }) => {
      if (!messages.get(key)) return;
      messages.delete(key);
      messages.put(row);
    };
  },
  'message.delete': ({ queue, id, content }) => {
    const key = ofQueue(queue, id);
    return (tables) => remove(tables, tables.messages.get(key), content);
  },
  'message.clear':
    ({ queue, through, limit }) =>
    (tables) => {
      const first = tables.messages.list('ofQueue', String(queue)).from(always);
      for (const row of takeWhile(first, limit, ({ id }) => id <= through)) remove(tables, row, row.content);
    },
  'sentBefore.put': ({ record }) => {
    const row = { ...record };
    return ({ sentBefore }) => sentBefore.put(row);
  },
  'sentBefore.delete': ({ queue, key }) => {
    const place = ofQueue(queue, key);
    return ({ sentBefore }) => sentBefore.delete(place);
  },
  'sentBefore.clear':
    ({ queue, limit }) =>
    ({ sentBefore }) => {
      const first = sentBefore.list('ofQueue', String(queue)).from(always);
      for (const { key } of takeWhile(first, limit, always)) sentBefore.delete(ofQueue(queue, key));
    },
};

function remove({ messages, messageContents }: Tables, row: QueueMessage | undefined, content: number): void {
  if (!row) return;
  messages.delete(ofQueue(row.queue, row.id));
  messageContents.delete(String(content));
}

type MessageRead = 'messageContents' | 'messageSlice' | 'lastMessageNumber' | 'sentBeforeSlice';

export function messageReads({ messages, messageContents, sentBefore }: Tables): Pick<DriverReads, MessageRead> {
  return {
    messageContents: (numbers) =>
      numbers.flatMap((number) => {
        const row = messageContents.get(String(number));
        return row ? [{ ...row }] : [];
      }),
    messageSlice: ({ after, limit }) => {
      const isLater = ({ queue, id }: QueueMessage) => !after || (queue - after.queue || id - after.id) > 0;
      return takeWhile(messages.list('byPlace', all).from(isLater), limit, always).map((row) => ({ ...row }));
    },
    lastMessageNumber: () => messageContents.list('byNumber', all).last?.number ?? 0,
    sentBeforeSlice: ({ after, limit }) => {
      const rows = sentBefore.list('byPlace', all).from(({ queue, key }) => {
        return !after || (queue - after.queue || compareText(key, after.key)) > 0;
      });
      return takeWhile(rows, limit, always).map((row) => ({ ...row }));
    },
  };
}
