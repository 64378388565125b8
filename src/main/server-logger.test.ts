import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { pino } from 'pino';
import { createLogger } from './server-logger.ts';

/** What the output is given, write by write, until the turn in which `log` logs is over. */
async function logged(
  format: 'text' | 'json',
  level: 'info' | 'warn',
  log: (logger: ReturnType<typeof createLogger>, writes: readonly string[]) => void,
) {
  const writes: string[] = [];
  log(createLogger({ format, level }, { write: (text: string) => writes.push(text) }), writes);
  await nextTurn();
  return writes;
}

test('for machines each message is one JSON object with its level by name', async () => {
  const [line = ''] = await logged('json', 'info', (logger) => logger.info({ status: 200 }, 'request'));
  const { level, msg, status, time } = JSON.parse(line);
  assert.deepEqual([level, msg, status, typeof time], ['info', 'request', 200, 'number']);
});

test('messages of one turn are written together, in their order', async () => {
  const writes = await logged('json', 'info', (logger) => {
    logger.info({}, 'first');
    logger.info({}, 'second');
  });
  assert.deepEqual(writes.map(messages), [['first', 'second']]);
});

test('a warning is written at once, behind what was logged before it', async () => {
  const writes = await logged('json', 'info', (logger, written) => {
    logger.info({}, 'first');
    logger.warn({}, 'trouble');
    assert.deepEqual(written.map(messages), [['first', 'trouble']]);
    logger.info({}, 'later');
  });
  assert.deepEqual(writes.map(messages), [['first', 'trouble'], ['later']]);
});

function messages(text: string): string[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).msg]));
}

test('an ordinary message is the line that pino writes, whatever its details', () => {
  const untimed = (line: string) => line.replace(/"time":\d+/, '"time":0');
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(undefined, null, new Error('broken'), { deep: [1] }, new Date(0), 7n),
  );
  const name = fc.string().filter((each) => each !== 'toJSON');
  fc.assert(
    fc.property(
      fc.dictionary(name, anything, { noNullPrototype: true }),
      fc.string({ unit: 'binary' }),
      (details, message) => {
        const [ours, pinos]: [string[], string[]] = [[], []];
        const flushing = { write: (text: string) => ours.push(text) };
        const logger = createLogger({ format: 'json', level: 'info' }, flushing);
        logger.info(details, message);
        // Writes out what is kept.
        logger.warn({}, 'end');
        pino(
          { base: null, formatters: { level: (label) => ({ level: label }) } },
          { write: (text) => pinos.push(text) },
        ).info(details, message);
        const [line] = ours.join('').split('\n');
        assert.equal(untimed(`${line}\n`), untimed(pinos.join('')));
      },
    ),
    { numRuns: 1_000 },
  );
});

test('an ordinary message behind a warning waits for the end of the turn again', async () => {
  const writes = await logged('json', 'info', (logger) => {
    logger.warn({}, 'trouble');
    logger.info({ a: 1 }, 'first');
    logger.info({ a: 2 }, 'second');
  });
  assert.deepEqual(writes.map(messages), [['trouble'], ['first', 'second']]);
});

test('for people a message is a line with its details, and an error keeps its stack', async () => {
  const [line = ''] = await logged('text', 'info', (logger) => {
    logger.warn({ ms: 3, path: '/v1', err: new Error('broken') }, 'slow');
  });
  assert.match(line, /^\d\d:\d\d:\d\d\.\d{3} WARN {2}slow {2}ms=3 {2}path=\/v1\nError: broken\n {4}at /);
});

test('messages below the level stay away', async () => {
  assert.deepEqual(await logged('text', 'warn', (logger) => logger.info({}, 'request')), []);
});
