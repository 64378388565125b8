import { type Scope, scopeOf } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';
import { derivedUuid } from '../../core/derived-uuid.ts';
import type { Logger } from '../../core/logger.ts';
import { TurnUnits } from '../../core/turn-units.ts';
import { matchingTurn } from '../../event-patterns/index.ts';
import type { BusEventFact, Consequence, DeliveredFact, FactConsumer, Ledger } from '../../store/index.ts';
import type { ArchiveBatch, Archives } from './archives/index.ts';
import type { Deliverer, FanOut, Outgoing } from './deliveries/index.ts';
import { depthOfExecution, depthOfPrincipal } from './depth.ts';
import type { EventSource, SourceEvent } from './event-source.ts';
import { type BusEvent, eventText, matchingOnes, ReadOnce, type RuleIndex } from './matching/index.ts';
import { defaultBus, ruleArn } from './names.ts';

/** Events that are matched, and targets that they are made ready for, before others have their turn: about a millisecond. */
const eventsPerTurn = 50;
/** Deliveries in one transaction, so that a turn stays short: one fact may concern thousands of children and many rules. */
const deliveriesPerCommit = 100;

export interface EventsConsumerOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly index: RuleIndex;
  readonly archives: Archives;
  readonly fanOut: FanOut;
  readonly deliverer: Deliverer;
  readonly sources: readonly EventSource[];
}

/**
 * Makes events of facts, where a rule could want them, and deliveries of those that a rule takes. What follows from the last facts
 * of a slice is committed with the cursor; what was committed before that is put in its own place when the slice comes again.
 */
export class EventsConsumer implements FactConsumer {
  readonly name = 'events';
  readonly #options: EventsConsumerOptions;

  constructor(options: EventsConsumerOptions) {
    this.#options = options;
  }

  deliver(facts: readonly DeliveredFact[]): Promise<Consequence> | undefined {
    const wanted = facts.filter((fact) => this.#isWanted(fact));
    return wanted.length === 0 ? undefined : this.#deliverWanted(wanted);
  }

  /** Whether any rule or archive could take an event of the fact: all that most facts ever cost. */
  #isWanted({ fact }: DeliveredFact): boolean {
    const { index, archives, sources } = this.#options;
    const waits = (bus: string, source: string, type: string) =>
      index.waits(fact, bus, source, type) || archives.index.waits(fact, bus, source, type);
    if (fact.kind === 'busEvent') return waits(fact.bus, fact.source, fact.detailType);
    return sources.some((source) => {
      const type = source.detailTypeOf(fact);
      return type !== undefined && waits(defaultBus, source.source, type);
    });
  }

  async #deliverWanted(facts: readonly DeliveredFact[]): Promise<Consequence> {
    const slice = new Slice(this.#options, this.#options.archives.batch());
    try {
      await this.#takeAll(slice, facts);
      return await slice.rest();
    } catch (error) {
      await slice.abandon();
      throw error;
    }
  }

  async #takeAll(slice: Slice, facts: readonly DeliveredFact[]): Promise<void> {
    for (const { fact } of facts) if (fact.kind === 'busEvent') await slice.take(fact, fact.bus, eventOfFact(fact));
    for (const source of this.#options.sources) {
      const own = facts.filter(({ fact }) => source.detailTypeOf(fact) !== undefined);
      const types = new Map(own.map(({ sequence, fact }) => [sequence, source.detailTypeOf(fact) ?? '']));
      for await (const told of source.eventsOf(own)) {
        const detailType = types.get(told.sequence) ?? '';
        await slice.take(told, defaultBus, this.#eventOf(source.source, detailType, told));
      }
    }
  }

  #eventOf(source: string, detailType: string, told: SourceEvent): BusEvent {
    const { installationId } = this.#options.ledger.store;
    const { sequence, index, time, resources, detail, principal, executionName } = told;
    return {
      ...scopeOf(told),
      id: derivedUuid(installationId, sequence, index),
      ...{ bus: defaultBus, source, detailType, time, resources },
      detail: JSON.stringify(detail),
      depth: executionName === undefined ? depthOfPrincipal(principal) : depthOfExecution(executionName),
    };
  }
}

function eventOfFact(fact: BusEventFact): BusEvent {
  const { eventId: id, bus, source, detailType, time, resources, detail, depth = 0, origin = fact, replay } = fact;
  return { ...scopeOf(origin), id, bus, source, detailType, time, resources, detail, depth, replay };
}

/** What follows from one delivery of facts. */
class Slice {
  readonly #options: EventsConsumerOptions;
  readonly #turn = new TurnUnits(eventsPerTurn);
  /** What events and patterns may take of a turn, however few they are: one of either may be long. */
  readonly #work = matchingTurn();
  readonly #isFull = new Map<string, boolean>();
  readonly #archived: ArchiveBatch;
  #outgoing: Outgoing[] = [];

  constructor(options: EventsConsumerOptions, archived: ArchiveBatch) {
    this.#options = options;
    this.#archived = archived;
  }

  /** An event on a bus of a scope. */
  async take(scope: Scope, bus: string, event: BusEvent): Promise<void> {
    const { index, archives, fanOut, clock } = this.#options;
    const text = eventText(event);
    const read = new ReadOnce(text);
    await this.#spend(text.length);
    const matched = (await matchingOnes(index.candidates(scope, bus, read), read, this.#work)).filter(
      (rule) => event.replay?.rules?.includes(ruleArn(rule, rule.name, rule.bus)) ?? true,
    );
    // What a replay brings is in an archive already.
    if (!event.replay) {
      await this.#archived.add(
        await matchingOnes(archives.index.candidates(scope, bus, read), read, this.#work),
        event,
      );
    }
    for (const rule of matched) {
      if (await this.#refuse(scope)) break;
      this.#outgoing.push(...fanOut.outgoing(rule, event, read, clock.now()));
      await this.#spend(text.length);
    }
    if (this.#turn.spend(1 + matched.length)) await new Promise(setImmediate);
    await this.#commitFullOnes();
  }

  /** A long text is read once, and made ready for each rule that takes it. */
  async #spend(characters: number): Promise<void> {
    if (this.#work.spend(characters)) await new Promise(setImmediate);
  }

  async rest(): Promise<Consequence> {
    await this.#archived.flush();
    return (transaction) => {
      this.#archived.commit(transaction);
      this.#options.fanOut.add(transaction, this.#outgoing);
    };
  }

  /** It is told again: what was archived of it must not count. */
  abandon(): Promise<void> {
    return this.#archived.abandon();
  }

  async #commitFullOnes(): Promise<void> {
    const { ledger, fanOut } = this.#options;
    while (this.#outgoing.length > deliveriesPerCommit) {
      // What goes to other buses is no row that could be put in its own place: it waits for the cursor.
      const slice = this.#outgoing.filter(({ kind }) => kind === 'delivery').slice(0, deliveriesPerCommit);
      if (slice.length === 0) return;
      const taken = new Set(slice);
      this.#outgoing = this.#outgoing.filter((each) => !taken.has(each));
      ledger.transact((transaction) => fanOut.add(transaction, slice));
      await new Promise(setImmediate);
    }
  }

  /** Asked once for each scope. */
  async #refuse(scope: Scope): Promise<boolean> {
    const key = `${scope.account} ${scope.region}`;
    const known = this.#isFull.get(key);
    if (known !== undefined) return known;
    const isFull = !(await this.#options.deliverer.hasRoom(scopeOf(scope)));
    if (isFull)
      this.#options.logger.error(scopeOf(scope), 'too many events wait for their targets; new ones are dropped');
    this.#isFull.set(key, isFull);
    return isFull;
  }
}
