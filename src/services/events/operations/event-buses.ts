import type {
  DescribeEventBusCommandInput,
  DescribeEventBusCommandOutput,
  ListEventBusesCommandInput,
  ListEventBusesCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { textOf } from '../../../core/unvalidated.ts';
import { anyResource } from '../access.ts';
import { busArn, defaultBus, requireDefaultBus } from '../names.ts';
import { eventsOperation } from '../operation.ts';
import { pageOf } from '../page.ts';
import * as shapes from '../shapes.ts';

const listSchema = z.object({ NamePrefix: shapes.busNamePrefix.optional(), ...shapes.pageMembers });

export const listEventBuses = eventsOperation<ListEventBusesCommandInput, ListEventBusesCommandOutput>()<
  z.infer<typeof listSchema>
>({
  schema: listSchema,
  readOnly: true,
  audit: 'management',
  access: anyResource('ListEventBuses'),
  handler: (_runtime, input, context) => {
    const names = [defaultBus].filter((name) => name.startsWith(input.NamePrefix ?? ''));
    const { items, next } = pageOf('event-buses', names, (name) => name, input);
    return { EventBuses: items.map((name) => ({ Name: name, Arn: busArn(context, name) })), ...next };
  },
});

const describeSchema = z.object({ Name: shapes.eventBus.optional() });

export const describeEventBus = eventsOperation<DescribeEventBusCommandInput, DescribeEventBusCommandOutput>()<
  z.infer<typeof describeSchema>
>({
  schema: describeSchema,
  readOnly: true,
  audit: 'management',
  access: ({ Name }, context) => [{ action: 'events:DescribeEventBus', resource: busArn(context, textOf(Name)) }],
  handler: (_runtime, { Name }, context) => {
    requireDefaultBus(context, Name);
    return { Name: defaultBus, Arn: busArn(context) };
  },
});
