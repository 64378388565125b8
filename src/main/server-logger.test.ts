import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from './server-logger.ts';

function logged(
  format: 'text' | 'json',
  level: 'info' | 'warn',
  log: (logger: ReturnType<typeof createLogger>) => void,
) {
  const lines: string[] = [];
  log(createLogger({ format, level }, { write: (line: string) => lines.push(line) }));
  return lines;
}

test('for machines each message is one JSON object with its level by name', () => {
  const [line = ''] = logged('json', 'info', (logger) => logger.info({ status: 200 }, 'request'));
  const { level, msg, status, time } = JSON.parse(line);
  assert.deepEqual([level, msg, status, typeof time], ['info', 'request', 200, 'number']);
});

test('for people a message is a line with its details, and an error keeps its stack', () => {
  const [line = ''] = logged('text', 'info', (logger) => {
    logger.warn({ ms: 3, path: '/v1', err: new Error('broken') }, 'slow');
  });
  assert.match(line, /^\d\d:\d\d:\d\d\.\d{3} WARN {2}slow {2}ms=3 {2}path=\/v1\nError: broken\n {4}at /);
});

test('messages below the level stay away', () => {
  assert.deepEqual(
    logged('text', 'warn', (logger) => logger.info({}, 'request')),
    [],
  );
});
