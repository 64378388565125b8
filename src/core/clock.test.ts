import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Clock, type Machine, ManualClock, SystemClock } from './clock.ts';
import { InvariantViolation } from './errors.ts';

const day = 86_400_000;

/** A machine that runs when told to. Like the real one it refuses sleeps that `setTimeout` would cut to 1 ms. */
class TestMachine implements Machine {
  wallTime = 1_700_000_000_000;
  steadyTime = 500;
  sleeps = 0;
  #wakesAt = Number.POSITIVE_INFINITY;
  #wake: (() => void) | undefined;

  wall(): number {
    return this.wallTime;
  }

  steady(): number {
    return this.steadyTime;
  }

  sleep(duration: number, wake: () => void): () => void {
    assert.ok(Number.isInteger(duration) && duration >= 0 && duration < 2 ** 31, `sleep of ${duration}`);
    assert.equal(this.#wake, undefined, 'one sleep at a time');
    this.sleeps += 1;
    this.#wakesAt = this.steadyTime + duration;
    this.#wake = wake;
    return () => {
      if (this.#wake === wake) this.#wake = undefined;
    };
  }

  get isAsleep(): boolean {
    return this.#wake !== undefined;
  }

  /** Lets time go by, waking the clock whenever its sleep ends. */
  pass(duration: number): void {
    const end = this.steadyTime + duration;
    while (this.#wake && this.#wakesAt <= end) {
      this.#go(this.#wakesAt);
      const wake = this.#wake;
      this.#wake = undefined;
      wake();
    }
    this.#go(end);
  }

  /** Wakes the clock before its time, as a timer of whole milliseconds may. */
  wakeEarly(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #go(to: number): void {
    this.wallTime += to - this.steadyTime;
    this.steadyTime = to;
  }
}

/** A clock and how to turn it: the two implementations must behave alike. */
interface Turned {
  readonly clock: Clock;
  advance(duration: number): void;
  jumpWall(by: number): void;
}

const implementations: Readonly<Record<string, () => Turned>> = {
  ManualClock: () => {
    const clock = new ManualClock();
    return { clock, advance: (duration) => clock.advance(duration), jumpWall: (by) => clock.jumpWall(by) };
  },
  SystemClock: () => {
    const machine = new TestMachine();
    return {
      clock: new SystemClock(machine),
      advance: (duration) => machine.pass(duration),
      jumpWall: (by) => {
        machine.wallTime += by;
      },
    };
  },
};

for (const [name, create] of Object.entries(implementations)) {
  describe(`${name}, as any clock,`, () => {
    it('runs a task after its delay, once', () => {
      const { clock, advance } = create();
      const ran: number[] = [];
      clock.after(1000, () => ran.push(clock.monotonic()));
      const due = clock.monotonic() + 1000;
      advance(999);
      assert.deepEqual(ran, []);
      advance(1);
      assert.deepEqual(ran, [due]);
      advance(day);
      assert.deepEqual(ran, [due]);
    });

    it('runs a task when the wall clock reads its time', () => {
      const { clock, advance } = create();
      let ran = 0;
      clock.at(clock.now() + 1000, () => ran++);
      advance(999);
      assert.equal(ran, 0);
      advance(1);
      assert.equal(ran, 1);
    });

    it('waits longer than setTimeout can', () => {
      const { clock, advance } = create();
      let ran = 0;
      clock.after(90 * day, () => ran++);
      clock.at(clock.now() + 90 * day, () => ran++);
      advance(90 * day - 1);
      assert.equal(ran, 0);
      advance(1);
      assert.equal(ran, 2);
    });

    it('runs overdue tasks soon, but never before they are returned', () => {
      const { clock, advance } = create();
      let ran = 0;
      clock.after(-5, () => ran++);
      clock.at(0, () => ran++);
      assert.equal(ran, 0);
      advance(1);
      assert.equal(ran, 2);
    });

    it('keeps `after` when the wall clock jumps, either way', () => {
      for (const jump of [365 * day, -365 * day]) {
        const { clock, advance, jumpWall } = create();
        let ran = 0;
        clock.after(10_000, () => ran++);
        jumpWall(jump);
        advance(9999);
        assert.equal(ran, 0);
        advance(1);
        assert.equal(ran, 1);
      }
    });

    it('notices within a minute that the wall clock has jumped to a task’s time', () => {
      const { clock, advance, jumpWall } = create();
      let ran = 0;
      clock.at(clock.now() + 30 * day, () => ran++);
      jumpWall(30 * day);
      advance(60_000);
      assert.equal(ran, 1);
    });

    it('waits longer for a wall time when the wall clock has jumped back', () => {
      const { clock, advance, jumpWall } = create();
      let ran = 0;
      clock.at(clock.now() + 1000, () => ran++);
      jumpWall(-500);
      advance(1499);
      assert.equal(ran, 0);
      advance(1);
      assert.equal(ran, 1);
    });

    it('does not run a cancelled task, and takes a second cancellation for the first', () => {
      const { clock, advance } = create();
      const cancels = [clock.after(10, () => assert.fail()), clock.at(clock.now() + 10, () => assert.fail())];
      for (const cancel of [...cancels, ...cancels]) cancel();
      advance(100);
    });

    it('lets a task cancel another that is due at the same time', () => {
      const { clock, advance } = create();
      let cancel = () => {};
      clock.after(10, () => cancel());
      cancel = clock.after(10, () => assert.fail('it was cancelled'));
      advance(100);
    });

    it('runs the other due tasks although one throws', () => {
      const { clock, advance } = create();
      const ran: string[] = [];
      clock.after(10, () => {
        throw new Error('first');
      });
      clock.after(10, () => ran.push('second'));
      clock.after(20, () => ran.push('third'));
      assert.throws(() => advance(10), /first/);
      assert.deepEqual(ran, ['second']);
      advance(10);
      assert.deepEqual(ran, ['second', 'third']);
    });

    it('throws all that several tasks threw', () => {
      const { clock, advance } = create();
      for (const message of ['one', 'two']) {
        clock.after(10, () => {
          throw new Error(message);
        });
      }
      assert.throws(
        () => advance(10),
        (error) => error instanceof AggregateError && error.errors.length === 2,
      );
    });

    it('runs a task that a task schedules', () => {
      const { clock, advance } = create();
      const ran: number[] = [];
      const start = clock.monotonic();
      const beat = () => {
        ran.push(clock.monotonic() - start);
        if (ran.length < 4) clock.after(10, beat);
      };
      clock.after(10, beat);
      advance(35);
      assert.deepEqual(ran, [10, 20, 30]);
    });

    it('refuses a delay that is not a number', () => {
      const { clock } = create();
      assert.throws(() => clock.after(Number.NaN, () => {}), InvariantViolation);
    });

    it('runs tasks in the order of their deadlines, none early, whatever is scheduled and cancelled', () => {
      const delays = fc.array(
        fc.record({ delay: fc.double({ min: 0, max: 3 * day, noNaN: true }), cancel: fc.boolean() }),
      );
      const passes = fc.array(fc.double({ min: 0, max: day, noNaN: true }), { maxLength: 8 });
      fc.assert(
        fc.property(delays, passes, (tasks, durations) => {
          const { clock, advance } = create();
          const ran: number[] = [];
          const start = clock.monotonic();
          for (const { delay, cancel } of tasks) {
            const stop = clock.after(delay, () => {
              assert.ok(clock.monotonic() >= start + delay);
              ran.push(start + delay);
            });
            if (cancel) stop();
          }
          for (const duration of durations) advance(duration);
          assert.deepEqual(
            ran,
            [...ran].sort((a, b) => a - b),
          );
          advance(4 * day);
          assert.equal(ran.length, tasks.filter(({ cancel }) => !cancel).length);
        }),
        { numRuns: 200 },
      );
    });
  });
}

describe('ManualClock', () => {
  it('stops at each deadline on the way, of both clocks, so that tasks see their time', () => {
    const clock = new ManualClock(1000);
    const seen: [string, number, number][] = [];
    clock.at(1500, () => seen.push(['wall', clock.now(), clock.monotonic()]));
    clock.after(200, () => seen.push(['steady', clock.now(), clock.monotonic()]));
    clock.advance(10_000);
    assert.deepEqual(seen, [
      ['steady', 1200, 200],
      ['wall', 1500, 500],
    ]);
    assert.deepEqual([clock.now(), clock.monotonic()], [11_000, 10_000]);
  });

  it('counts the timers that wait', () => {
    const clock = new ManualClock();
    const cancel = clock.after(1, () => {});
    clock.at(clock.now() + 1, () => {});
    assert.equal(clock.pending, 2);
    cancel();
    clock.advance(1);
    assert.equal(clock.pending, 0);
  });

  it('runs wall tasks as soon as the wall clock jumps to them', () => {
    const clock = new ManualClock();
    let ran = 0;
    clock.at(clock.now() + day, () => ran++);
    clock.after(day, () => assert.fail('the monotonic clock has not moved'));
    clock.jumpWall(day);
    assert.equal(ran, 1);
  });

  it('does not go back', () => {
    assert.throws(() => new ManualClock().advance(-1), InvariantViolation);
  });
});

describe('SystemClock', () => {
  it('sleeps only while something waits', () => {
    const machine = new TestMachine();
    const clock = new SystemClock(machine);
    assert.equal(machine.isAsleep, false);
    const cancels = [clock.after(10, () => {}), clock.at(clock.now() + 20, () => {})];
    assert.equal(machine.isAsleep, true);
    for (const cancel of cancels) cancel();
    assert.equal(machine.isAsleep, false);
  });

  it('does not sleep anew for a task that is due after the sleep under way', () => {
    const machine = new TestMachine();
    const clock = new SystemClock(machine);
    for (let delay = 10; delay < 1000; delay += 1) clock.after(delay, () => {});
    assert.equal(machine.sleeps, 1);
    clock.after(5, () => {});
    assert.equal(machine.sleeps, 2);
  });

  it('sleeps again when it was woken too early', () => {
    const machine = new TestMachine();
    const clock = new SystemClock(machine);
    let ran = 0;
    clock.after(10, () => ran++);
    machine.pass(9.5);
    machine.wakeEarly();
    assert.equal(ran, 0);
    machine.pass(1);
    assert.equal(ran, 1);
  });

  it('lets a task that schedules itself again at once wait for the next turn', () => {
    const machine = new TestMachine();
    const clock = new SystemClock(machine);
    let ran = 0;
    const again = () => {
      ran += 1;
      clock.after(0, again);
    };
    clock.after(0, again);
    machine.wakeEarly();
    assert.equal(ran, 1);
    machine.wakeEarly();
    assert.equal(ran, 2);
  });

  it('runs a hundred timers of each kind in a turn, and the rest in the next turns, in order', () => {
    const machine = new TestMachine();
    const clock = new SystemClock(machine);
    const ran = { steady: [] as number[], wall: [] as number[] };
    for (let task = 0; task < 250; task += 1) {
      clock.after(10 + task, () => ran.steady.push(task));
      clock.at(clock.now() + 10 + task, () => ran.wall.push(task));
    }
    machine.steadyTime += day;
    machine.wallTime += day;
    const turns: number[][] = [];
    while (machine.isAsleep) {
      const before = [ran.steady.length, ran.wall.length];
      machine.wakeEarly();
      turns.push([ran.steady.length - (before[0] ?? 0), ran.wall.length - (before[1] ?? 0)]);
    }
    assert.deepEqual(turns, [
      [100, 100],
      [100, 100],
      [50, 50],
    ]);
    assert.deepEqual(ran.steady, [...Array(250).keys()]);
    assert.deepEqual(ran.wall, [...Array(250).keys()]);
  });

  it('goes on with what is left of many due timers although one throws', () => {
    const machine = new TestMachine();
    const clock = new SystemClock(machine);
    let ran = 0;
    clock.after(1, () => {
      throw new Error('first');
    });
    for (let task = 0; task < 100; task += 1) clock.after(2, () => ran++);
    machine.steadyTime += day;
    assert.throws(() => machine.wakeEarly(), /first/);
    assert.equal(ran, 99);
    machine.wakeEarly();
    assert.equal(ran, 100);
  });

  it('closed, runs nothing more, not even what is due in the same turn, and can be used again', () => {
    const machine = new TestMachine();
    const clock = new SystemClock(machine);
    let ran = 0;
    clock.after(10, () => clock.close());
    clock.after(10, () => assert.fail('the clock was closed'));
    clock.at(clock.now() + 20, () => assert.fail('the clock was closed'));
    machine.pass(day);
    assert.equal(machine.isAsleep, false);
    clock.after(10, () => ran++);
    machine.pass(10);
    assert.equal(ran, 1);
  });

  it('runs on the real machine', async () => {
    const clock = new SystemClock();
    // The clock's own timer does not keep the process alive; this one does, until the test is over.
    // biome-ignore lint/plugin: the one test of the clock against the machine.
    const alive = setInterval(() => {}, day);
    const [steady, wall] = [clock.monotonic(), clock.now()];
    await Promise.all([
      new Promise<void>((resolve) => clock.after(2, resolve)),
      new Promise<void>((resolve) => clock.at(wall + 2, resolve)),
    ]);
    clearInterval(alive);
    assert.ok(clock.monotonic() >= steady + 2);
    assert.ok(clock.now() >= wall + 2);
    clock.close();
  });
});
