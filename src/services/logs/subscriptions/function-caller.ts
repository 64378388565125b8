import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Invoke } from '../../../core/invoke.ts';
import { type RandomSource, uuidV7 } from '../../../core/random.ts';
import { servicePrincipal } from '../../../iam/index.ts';
import { groupArn } from '../names.ts';

interface CallerOptions {
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** Of a group, to a function. */
interface Sent extends Scope {
  readonly groupName: string;
  readonly destinationArn: string;
}

interface Call {
  /** The same for each try. */
  readonly key: string;
  readonly signal: AbortSignal;
}

/** Invokes functions in the name of CloudWatch Logs, on behalf of a group: the function's policy can tell by that who may. */
export class FunctionCaller {
  readonly #options: CallerOptions;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /** Resolves once the function's event is durable. Throws what Lambda answers. */
  async invoke(sent: Sent, payload: string, { key, signal }: Call): Promise<void> {
    const { invoke, clock, random } = this.#options;
    const { account, groupName, destinationArn } = sent;
    const now = clock.now();
    const input = { FunctionName: destinationArn, InvocationType: 'Event', Payload: payload };
    await invoke('lambda', 'Invoke', input, {
      ...scopeOf(sent),
      principal: servicePrincipal(account, 'logs.amazonaws.com'),
      source: { kind: 'service', service: 'logs.amazonaws.com', arn: `${groupArn(sent, groupName)}:*` },
      requestId: uuidV7(now, random),
      now,
      idempotencyKey: `logs:${key}`,
      signal,
    });
  }
}
