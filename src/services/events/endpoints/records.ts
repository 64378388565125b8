import type { Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import { defineRecord } from '../../../store/index.ts';
import { type Sealed, sealedUnder, sealedValues } from '../../../vault/index.ts';
import { connectionArn } from '../names.ts';

export const connectionStates = ['AUTHORIZED', 'AUTHORIZING', 'DEAUTHORIZED'] as const;
export type ConnectionState = (typeof connectionStates)[number];

export const authorizationTypes = ['BASIC', 'API_KEY', 'OAUTH_CLIENT_CREDENTIALS'] as const;
export type AuthorizationType = (typeof authorizationTypes)[number];

/** How somebody proves to endpoints who they are. What proves it is sealed, all of it together (`authorization.ts`). */
export interface ConnectionRecord extends Scope, Sealed {
  readonly name: string;
  /** The end of its ARN. */
  readonly id: string;
  readonly description?: string;
  readonly kmsKeyIdentifier?: string;
  readonly type: AuthorizationType;
  readonly state: ConnectionState;
  readonly stateReason?: string;
  readonly createdAt: EpochMilliseconds;
  readonly changedAt: EpochMilliseconds;
  readonly authorizedAt?: EpochMilliseconds;
}

const keyOfConnection = ({ name }: ConnectionRecord) => name;

export const connectionRecords = defineRecord({
  type: 'eventConnection',
  key: keyOfConnection,
  indexes: { sealedUnder: sealedUnder(keyOfConnection) },
});

/** Where what a connection has is sealed for. */
export function placeOfConnection(connection: Pick<ConnectionRecord, 'name' | 'id'> & Scope): string {
  return `events\n${connectionArn(connection, connection)}`;
}

/** The values among the records of EventBridge. */
export const connectionSecretsAtRest = sealedValues(connectionRecords, placeOfConnection);

export const httpMethods = ['POST', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'] as const;

/** An endpoint of HTTP that rules may have as a target. */
export interface ApiDestinationRecord extends Scope {
  readonly name: string;
  /** The end of its ARN. */
  readonly id: string;
  readonly description?: string;
  readonly connection: string;
  readonly connectionId: string;
  readonly endpoint: string;
  readonly method: (typeof httpMethods)[number];
  readonly ratePerSecond: number;
  readonly createdAt: EpochMilliseconds;
  readonly changedAt: EpochMilliseconds;
}

export const apiDestinationRecords = defineRecord({
  type: 'eventApiDestination',
  key: ({ name }: ApiDestinationRecord) => name,
});
