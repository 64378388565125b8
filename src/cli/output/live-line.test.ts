import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Screen } from '../screen.fixture.ts';
import { LiveLine } from './live-line.ts';

test('a live line is drawn over the one before, within the terminal, and goes away', () => {
  const screen = new Screen(true);
  const line = new LiveLine(screen, 'xterm');
  line.draw('running for 1s');
  line.draw('x');
  line.erase();
  line.erase();
  assert.equal(screen.text, '\r\u001b[2K⠋ running\r\u001b[2K⠙ x\r\u001b[2K');
});

test('where there is no terminal, or a dumb one, nothing is drawn', () => {
  for (const [isTTY, terminal] of [
    [false, 'xterm'],
    [true, 'dumb'],
  ] as const) {
    const screen = new Screen(isTTY);
    const line = new LiveLine(screen, terminal);
    line.draw('running');
    line.erase();
    assert.equal(screen.text, '');
  }
});
