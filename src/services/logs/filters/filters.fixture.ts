import { gunzipSync } from 'node:zlib';
import type { Scope } from '../../../core/arn.ts';
import type { Invoke } from '../../../core/invoke.ts';
import type { Transaction } from '../../../store/index.ts';
import type { DataMessage } from '../subscriptions/payload.ts';
import type { FilteredMetric, GatheredPoints, MetricSink } from './metric-sink.ts';

/** Points of metrics that are durable, one text for each value: what it is of, when, and what it is. */
export class CountedPoints implements MetricSink {
  readonly values: string[] = [];
  /** Thrown at the next commits. */
  refusal: Error | undefined;

  gather(): GatheredPoints {
    const gathered: string[] = [];
    const add = (metric: FilteredMetric, at: number, value: number) => {
      const { namespace, name, dimensions, unit } = metric;
      const of = dimensions.map((each) => `${each.name}=${each.value}`).join(',');
      gathered.push(`${namespace}/${name}{${of}}${unit ?? ''} ${Math.floor(at / 60_000)} ${value}`);
    };
    const putIn = (transaction: Transaction, _scope: Scope) => {
      if (this.refusal && gathered.length > 0) throw this.refusal;
      transaction.onCommitted(() => this.values.push(...gathered));
    };
    return {
      get size() {
        return gathered.length;
      },
      add,
      putIn,
    };
  }

  /** The values alone. */
  get numbers(): readonly number[] {
    return this.values.map((text) => Number(text.split(' ').at(-1)));
  }
}

type Invoked = DataMessage & { readonly messageType: string; readonly functionArn: string };

/** Functions that take what they are sent, or throw. */
export class FakeFunctions {
  readonly taken: Invoked[] = [];
  readonly contexts: { readonly source: unknown; readonly principal: unknown }[] = [];
  failure: Error | undefined;
  tries = 0;

  readonly invoke: Invoke = async (_service, _operation, input, { source, principal }) => {
    this.tries += 1;
    if (this.failure) throw this.failure;
    const { FunctionName: functionArn, Payload } = input as { readonly FunctionName: string; readonly Payload: string };
    const data = (JSON.parse(Payload) as { readonly awslogs: { readonly data: string } }).awslogs.data;
    this.taken.push({ ...JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString()), functionArn });
    this.contexts.push({ source, principal });
    return {} as never;
  };

  /** Messages with events, not those that only try. */
  get data(): readonly Invoked[] {
    return this.taken.filter(({ messageType }) => messageType === 'DATA_MESSAGE');
  }
}
