import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Received, SqsBench } from '../../src/services/sqs/sqs.fixture.ts';
import { times } from '../support/effort.ts';

const visibility = 30;

type Step =
  | { readonly kind: 'send'; readonly group: string; readonly delay: number }
  | { readonly kind: 'receive'; readonly count: number }
  | { readonly kind: 'delete' | 'nack'; readonly which: number }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'restart' }
  | { readonly kind: 'purge' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      group: fc.constantFrom('a', 'b', 'c'),
      delay: fc.constantFrom(0, 0, 0, 20),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('receive' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('delete' as const, 'nack' as const), which: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(1, 15, 31) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'purge' as const }) },
);

interface Known {
  readonly body: string;
  readonly group: string;
  readonly order: number;
  visibleAt: number;
  isOut: boolean;
  handle?: string;
}

/** What a queue must do, by looking at every message each time. */
class Model {
  messages: Known[] = [];
  sent = 0;
  now = 0;
  purgedAt = -60;

  visible(isFifo: boolean): readonly Known[] {
    const there = this.messages.filter((each) => each.visibleAt <= this.now);
    if (!isFifo) return there;
    const blocked = new Set(
      this.messages.filter((each) => each.isOut && each.visibleAt > this.now).map((each) => each.group),
    );
    return there.filter((each) => !blocked.has(each.group) && !this.#waitsBefore(each));
  }

  counts(): readonly number[] {
    const late = this.messages.filter((each) => each.visibleAt > this.now);
    const out = late.filter((each) => each.isOut).length;
    return [this.messages.length - late.length, out, late.length - out];
  }

  #waitsBefore({ group, order }: Known): boolean {
    return this.messages.some((each) => each.group === group && each.order < order && each.visibleAt > this.now);
  }
}

async function play(bench: SqsBench, url: string, isFifo: boolean, steps: readonly Step[]): Promise<void> {
  const model = new Model();
  for (const each of steps) {
    await playStep(bench, url, isFifo, model, each);
    assert.deepEqual(await bench.counts(url), model.counts(), JSON.stringify(each));
  }
}

async function playStep(bench: SqsBench, url: string, isFifo: boolean, model: Model, each: Step): Promise<void> {
  switch (each.kind) {
    case 'send':
      return send(bench, url, isFifo, model, each);
    case 'receive':
      return receive(bench, url, isFifo, model, each.count);
    case 'delete':
    case 'nack':
      return settle(bench, url, model, each);
    case 'wait':
      model.now += each.seconds;
      return bench.advance(each.seconds * 1_000);
    case 'restart':
      return bench.restart();
    case 'purge': {
      if (model.now - model.purgedAt < 60) return;
      await bench.call('PurgeQueue', { QueueUrl: url });
      model.purgedAt = model.now;
      model.messages = [];
    }
  }
}

async function send(
  bench: SqsBench,
  url: string,
  isFifo: boolean,
  model: Model,
  { group, delay }: Extract<Step, { kind: 'send' }>,
): Promise<void> {
  model.sent += 1;
  const body = String(model.sent);
  const only = isFifo ? { MessageGroupId: group, MessageDeduplicationId: body } : { DelaySeconds: delay };
  await bench.call('SendMessage', { QueueUrl: url, MessageBody: body, ...only });
  const visibleAt = model.now + (isFifo ? 0 : delay);
  model.messages.push({ body, group, order: model.sent, visibleAt, isOut: false });
}

async function receive(bench: SqsBench, url: string, isFifo: boolean, model: Model, count: number): Promise<void> {
  const could = model.visible(isFifo);
  const given = await bench.receive(url, { MaxNumberOfMessages: count });
  assert.equal(given.length, Math.min(count, could.length), 'as many as there are');
  for (const { Body, ReceiptHandle } of given) {
    const known = could.find(({ body }) => body === Body) ?? assert.fail(`${Body} could not be given`);
    assert.ok(known.visibleAt <= model.now, `${Body} was given twice`);
    Object.assign(known, { visibleAt: model.now + visibility, isOut: true, handle: ReceiptHandle });
  }
  if (isFifo) assertOrder(model, given);
}

/** Of each group what was given is the front of it, in order. */
function assertOrder(model: Model, given: readonly Received[]): void {
  for (const group of ['a', 'b', 'c']) {
    const ofGroup = model.messages.filter((each) => each.group === group);
    const bodies = given.map(({ Body }) => Body).filter((body) => ofGroup.some((each) => each.body === body));
    assert.deepEqual(
      bodies,
      ofGroup.slice(0, bodies.length).map(({ body }) => body),
    );
  }
}

async function settle(
  bench: SqsBench,
  url: string,
  model: Model,
  { kind, which }: Extract<Step, { kind: 'delete' | 'nack' }>,
): Promise<void> {
  const out = model.messages.filter((each) => each.isOut && each.visibleAt > model.now);
  const known = out[which % Math.max(1, out.length)];
  if (!known) return;
  const input = { QueueUrl: url, ReceiptHandle: known.handle };
  if (kind === 'delete') {
    await bench.call('DeleteMessage', input);
    model.messages = model.messages.filter((each) => each !== known);
  } else {
    await bench.call('ChangeMessageVisibility', { ...input, VisibilityTimeout: 0 });
    Object.assign(known, { visibleAt: model.now, isOut: false });
  }
}

for (const isFifo of [false, true]) {
  test(`a ${isFifo ? 'FIFO' : 'standard'} queue gives what a naive one could give, restarts and purges between`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        await using bench = await SqsBench.open();
        const attributes = isFifo ? { FifoQueue: 'true' } : {};
        const url = await bench.queue(isFifo ? 'q.fifo' : 'q', {
          ...attributes,
          VisibilityTimeout: String(visibility),
        });
        await play(bench, url, isFifo, steps);
      }),
      { numRuns: times(60) },
    );
  });
}
