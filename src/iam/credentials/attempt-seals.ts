import { createHmac, timingSafeEqual } from 'node:crypto';
import { formatArn } from '../../core/arn.ts';
import type { AccountId, Arn, Region, TaskId } from '../../core/ids.ts';
import type { RoleSession } from '../../core/principal.ts';
import { rolePrincipal } from '../principals.ts';

/** What a seal is for: one that is made for one use opens no other. */
export type SealUse =
  /** Asks for the credentials of an attempt. */
  | 'credentials'
  /** Says in the path of a call whose it is. */
  | 'calls';

/** What is sealed of an attempt. */
export interface SealedAttempt {
  readonly account: AccountId;
  readonly taskId: TaskId;
  /** The role that its containers act as. */
  readonly roleArn: Arn;
  /** It gets the keys of the S3 server as well. */
  readonly sharesS3: boolean;
  /** Of the job. @default not told, by servers before */
  readonly region?: Region;
  /** It is the role of the instance, which has it from EC2. @default ECS gives it the job's */
  readonly ofInstance?: true;
}

/** First byte of a seal; one of another version opens nothing. */
const sealVersion = 1;
const macLength = 32;
const markLength = 16;

/**
 * What an attempt proves itself by. A seal says for which task and role it is, with a MAC of 256 bits under a key derived from
 * the root secret: nothing is stored, a start that is repeated after a crash gives the same one, and a later server opens it.
 */
export class AttemptSeals {
  readonly #key: Buffer;

  constructor(rootSecret: string) {
    this.#key = createHmac('sha256', rootSecret).update('batchyard attempt seals v1').digest();
  }

  /** Printable, without blanks and slashes. */
  seal(use: SealUse, { account, taskId, roleArn, sharesS3, region, ofInstance }: SealedAttempt): string {
    const payload: SealedAttempt = {
      ...{ account, taskId, roleArn, sharesS3 },
      ...(region !== undefined && { region }),
      ...(ofInstance && { ofInstance }),
    };
    const content = Buffer.concat([Buffer.from([sealVersion]), Buffer.from(JSON.stringify(payload))]);
    return Buffer.concat([content, this.#mac(use, content)]).toString('base64url');
  }

  /** What was sealed for this use; undefined for whatever else it is. */
  open(use: SealUse, seal: string): SealedAttempt | undefined {
    const bytes = Buffer.from(seal, 'base64url');
    if (bytes.length <= macLength || bytes[0] !== sealVersion) return undefined;
    const content = bytes.subarray(0, -macLength);
    if (!timingSafeEqual(this.#mac(use, content), bytes.subarray(-macLength))) return undefined;
    // Authentic, so it is a payload that `seal` wrote.
    return JSON.parse(content.toString('utf8', 1)) as SealedAttempt;
  }

  /** 128 bits, in hexadecimal digits, that nobody guesses who was not told: they name a container of a task. */
  mark(taskId: TaskId, container: number): string {
    return this.#mac('mark', Buffer.from(`${taskId} ${container}`)).toString('hex', 0, markLength);
  }

  /** Whether `mark` is that of the container. */
  isMark(mark: string, taskId: TaskId, container: number): boolean {
    const expected = Buffer.from(this.mark(taskId, container));
    const stated = Buffer.from(mark);
    return stated.length === expected.length && timingSafeEqual(stated, expected);
  }

  #mac(use: SealUse | 'mark', content: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(`${use}:`).update(content).digest();
  }
}

/** Who acts in a sealed attempt. */
export function roleOfAttempt({ account, roleArn, taskId, region, ofInstance }: SealedAttempt): RoleSession {
  const borrower = ofInstance ? ec2 : ecsFor({ account, region, taskId });
  return rolePrincipal({ account, roleArn, sessionName: taskId, use: { kind: 'job' }, borrower });
}

const ec2 = { kind: 'service', service: 'ec2.amazonaws.com' } as const;

/** ECS, on behalf of a task. Trust policies can tell by its ARN of which account and region the task is; no cluster, as on AWS. */
export function ecsFor({
  account,
  region,
  taskId,
}: {
  account: AccountId;
  region: Region | undefined;
  taskId: string;
}) {
  const service = { kind: 'service', service: 'ecs-tasks.amazonaws.com' } as const;
  return region === undefined ? service : { ...service, arn: formatArn('ecs', { account, region }, `task/${taskId}`) };
}
