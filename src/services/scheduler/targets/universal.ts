import { parseArn } from '../../../core/arn.ts';

/** What begins so only reads, and is refused (user guide, universal targets, unsupported actions). */
const reading = [
  ...['get', 'describe', 'list', 'poll', 'receive', 'search', 'scan', 'query', 'select', 'read', 'lookup', 'discover'],
  ...['validate', 'batchGet', 'batchDescribe', 'batchRead', 'transactGet', 'adminGet', 'adminList', 'testMigration'],
  ...['retrieve', 'testConnection', 'translateDocument', 'isAuthorized', 'invokeModel'],
];

/** The service and the action of `arn:aws:scheduler:::aws-sdk:sqs:sendMessage`; undefined for any other ARN. */
export function universalCall(arn: string): { readonly service: string; readonly action: string } | undefined {
  const { service: of, region, account, resource } = parseArn(arn) ?? {};
  if (of !== 'scheduler' || region !== '' || account !== '') return undefined;
  const [, service, action] = /^aws-sdk:([a-z0-9]{1,64}):([a-z][A-Za-z0-9]{0,127})$/.exec(resource ?? '') ?? [];
  return service === undefined || action === undefined ? undefined : { service, action };
}

/** Whether AWS takes no target of that action, whatever service it is of. `getaway` is no `get`. */
export function isReading(action: string): boolean {
  return reading.some((prefix) => action === prefix || new RegExp(`^${prefix}[A-Z0-9]`).test(action));
}
