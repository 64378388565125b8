import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { RandomSource } from '../../core/random.ts';
import type { Ledger } from '../../store/index.ts';
import type { Deliverer, Signer } from './deliveries/index.ts';
import type { FifoTopics } from './fifo/index.ts';
import type { QueueDelivery } from './queue-deliveries.ts';

/** What the operations of SNS work with. */
export interface SnsRuntime {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  /** Where endpoints reach this server, without a slash at the end: the links in messages begin so. */
  readonly baseUrl: () => string;
  readonly signer: Signer;
  readonly deliverer: Deliverer;
  readonly queues: QueueDelivery;
  readonly fifo: FifoTopics;
  /** Whether there is a mail server that takes what is for addresses. */
  readonly sendsMail: boolean;
  /** Whether endpoints may have link-local addresses. */
  readonly allowLinkLocal: boolean;
}
