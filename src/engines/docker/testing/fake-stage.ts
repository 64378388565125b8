import { afterEach, beforeEach } from 'node:test';
import { type Clock, SystemClock } from '../../../core/clock.ts';
import type { DockerEngineOptions } from '../options.ts';
import { FakeDaemon } from './fake-daemon.ts';
import { crash, type FakeServer, openFakeServer } from './fake-server.ts';

/** What each test of a file has of its own: a daemon, a clock, and servers, which are gone after it. */
export class FakeStage {
  #daemon: FakeDaemon | undefined;
  #system: SystemClock | undefined;
  #clock: Clock | undefined;
  #opened: FakeServer[] = [];

  /** For all tests of the file that calls it. */
  static ofEachTest(): FakeStage {
    const stage = new FakeStage();
    beforeEach(() => stage.#begin());
    afterEach(() => stage.#end());
    return stage;
  }

  get daemon(): FakeDaemon {
    return begun(this.#daemon);
  }

  get clock(): Clock {
    return begun(this.#clock);
  }

  /** Servers that are opened from now on go by this one. */
  set clock(clock: Clock) {
    this.#clock = clock;
  }

  /** Those that were opened in this test. */
  get opened(): readonly FakeServer[] {
    return this.#opened;
  }

  readonly open = async (epoch = 1, more: Partial<DockerEngineOptions> = {}): Promise<FakeServer> => {
    const server = await openFakeServer(this.daemon, this.clock, epoch, more);
    this.#opened.push(server);
    return server;
  };

  /** How often the daemon was asked to start a container. */
  readonly starts = (): number => this.daemon.calls.filter((call) => /\/start$/.test(call)).length;

  async #begin(): Promise<void> {
    this.#daemon = await FakeDaemon.start();
    this.#system = new SystemClock();
    this.#clock = this.#system;
  }

  async #end(): Promise<void> {
    for (const server of this.#opened) await crash(server);
    this.#opened = [];
    this.#system?.close();
    await this.daemon.dispose();
  }
}

function begun<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('no test has begun');
  return value;
}
