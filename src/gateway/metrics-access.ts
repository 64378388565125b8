import { isLoopback } from '../core/loopback.ts';
import { checkClaim, readSignature, SigningKeyCache, verifyClaim } from '../iam/index.ts';
import type { Exchange } from './exchange.ts';
import type { CompiledGatewayOptions } from './options.ts';

/** Who may read the metrics: whoever signs with a key that may, and as configured clients on this machine, or everybody. */
export class MetricsAccess {
  readonly #options: CompiledGatewayOptions;
  readonly #keys = new SigningKeyCache(16);

  constructor(options: CompiledGatewayOptions) {
    this.#options = options;
  }

  /** Whether a request for them is served. A signature is for any service and region; it must have no body. */
  allows(exchange: Exchange): boolean {
    const { authMode, metricsAccess } = this.#options;
    if (authMode === 'none' || metricsAccess === 'anyone') return true;
    if (metricsAccess === 'loopback' && isLoopback(exchange.request.socket.remoteAddress ?? '')) return true;
    return this.#isSigned(exchange);
  }

  #isSigned(exchange: Exchange): boolean {
    const head = exchange.head();
    const reading = readSignature(head);
    if (reading.kind !== 'claimed') return false;
    const { credentials } = this.#options;
    const check = checkClaim(reading.claim, head, { credentials, now: exchange.now });
    if (check.kind === 'refused') return false;
    const verification = verifyClaim(check.checked, { ...head, body: '' }, this.#keys);
    if (verification.kind === 'refused') return false;
    const { account, defaultRegion, registry } = this.#options;
    const call = exchange.context(account, defaultRegion, verification.principal);
    return registry.authority.decide(call, [{ action: 'batchyard:GetMetrics', resource: '*' }]).kind === 'allow';
  }
}
