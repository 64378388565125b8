import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileEventStart } from '../../../engines/index.ts';
import { bytesOf, eventStartOf, optionProblem } from './awslogs-options.ts';

function begins(format: string, line: string): boolean {
  const start = compileEventStart(eventStartOf({ 'awslogs-datetime-format': format }) ?? '');
  assert.ok(typeof start !== 'string', `${format}: ${start}`);
  return start.begins(Buffer.from(line));
}

test('a datetime format finds its times, and no other text', () => {
  const found: readonly (readonly [string, string])[] = [
    ['\\[%b %d, %Y %H:%M:%S\\]', '[May 01, 2017 19:00:01] A message was logged'],
    ['%Y-%m-%dT%H:%M:%S%L%z', '2026-11-30T18:02:52.123+0100 x'],
    ['%A, %d %B %y %I:%M:%S %p %Z', 'Wednesday, 08 February 08 07:57:04 PM PST'],
    ['%a %w %j %f', 'Mon 1 363 000345'],
    ['100%% %q', 'it is 100%% %q'],
  ];
  for (const [format, line] of found) assert.ok(begins(format, line), `${format}: ${line}`);
  const missed: readonly (readonly [string, string])[] = [
    ['%Y-%m-%d', '2026-13-30'],
    ['%H:%M', '24:00'],
    ['%b %d', '  at May.java:01'],
    ['\\[%Y\\]', '(2026)'],
  ];
  for (const [format, line] of missed) assert.ok(!begins(format, line), `${format}: ${line}`);
});

test('a datetime format counts before a pattern, and without either each line is an event', () => {
  const both = { 'awslogs-datetime-format': '%Y', 'awslogs-multiline-pattern': '^x' };
  assert.equal(eventStartOf(both), '\\d{4}');
  assert.equal(eventStartOf({ 'awslogs-multiline-pattern': '^x' }), '^x');
  assert.equal(eventStartOf({}), undefined);
});

test('what the driver would not begin with is told in its words', () => {
  const cases: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
    [{ 'awslogs-create-group': 'yes' }, /^must specify valid value for log opt 'awslogs-create-group': yes$/],
    [{ 'awslogs-multiline-pattern': '(' }, /could not parse multiline pattern of log opt 'awslogs-multiline-pattern'/],
    [{ 'awslogs-datetime-format': '[%Y' }, /could not parse multiline pattern of log opt 'awslogs-datetime-format'/],
    [{ mode: 'quick' }, /^logger: logging mode not supported: quick$/],
    [{ 'max-buffer-size': '1m' }, /^logger: max-buffer-size option is only supported with 'mode=non-blocking'$/],
    [{ mode: 'non-blocking', 'max-buffer-size': '-1' }, /^error parsing option max-buffer-size: invalid size: '-1'$/],
  ];
  for (const [options, words] of cases) assert.match(optionProblem(options) ?? '', words);
  for (const value of ['true', 'T', '1', 'false', 'F', '0'])
    assert.equal(optionProblem({ 'awslogs-create-group': value }), undefined);
  const all = { mode: 'non-blocking', 'max-buffer-size': '25m', 'awslogs-multiline-pattern': '^INFO' };
  assert.equal(optionProblem(all), undefined);
});

test('sizes are Docker’s', () => {
  assert.deepEqual(['0', '10', '10b', '1k', '1.5K', '1kb', '2MiB', '1 g'].map(bytesOf), [
    0,
    10,
    10,
    1024,
    1536,
    1024,
    2 * 1024 ** 2,
    1024 ** 3,
  ]);
  for (const wrong of ['', 'm', '1x', '1mm', '1e3', '+1', '1ib']) assert.equal(bytesOf(wrong), undefined, wrong);
});
