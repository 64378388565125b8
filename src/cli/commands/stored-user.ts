import type { Client } from '../client/client.ts';
import type { XmlElement } from '../client/xml-element.ts';

/** A user of IAM with what hangs on it. */
export interface StoredUser {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: string;
  readonly accessKeys: readonly { readonly id: string; readonly status: string }[];
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
  /** Names of the user's own policies. */
  readonly inline: readonly string[];
  readonly groups: readonly string[];
}

/** The user that an element of `Users` tells of, with what hangs on it. */
export async function storedUser(client: Client, user: XmlElement): Promise<StoredUser> {
  const UserName = user.text('UserName') ?? '';
  const [keys, attached, inline, groups] = await Promise.all([
    allOf('AccessKeyMetadata', (page) => client.iam('ListAccessKeys', { UserName, ...page })),
    allOf('AttachedPolicies', (page) => client.iam('ListAttachedUserPolicies', { UserName, ...page })),
    allOf('PolicyNames', (page) => client.iam('ListUserPolicies', { UserName, ...page })),
    allOf('Groups', (page) => client.iam('ListGroupsForUser', { UserName, ...page })),
  ]);
  return {
    name: UserName,
    arn: user.text('Arn') ?? '',
    createdAt: user.text('CreateDate') ?? '',
    accessKeys: keys.map((key) => ({ id: key.text('AccessKeyId') ?? '', status: key.text('Status') ?? '' })),
    attached: attached.flatMap((policy) => policy.text('PolicyArn') ?? []),
    inline: inline.map(({ content }) => content),
    groups: groups.flatMap((group) => group.text('GroupName') ?? []),
  };
}

/** Deletes a user, and first all that IAM does not let one be deleted with. */
export async function removeUser(client: Client, UserName: string): Promise<void> {
  const found = (await client.iam('GetUser', { UserName })).child('User');
  const user = found && (await storedUser(client, found));
  for (const { id: AccessKeyId } of user?.accessKeys ?? [])
    await client.iam('DeleteAccessKey', { UserName, AccessKeyId });
  for (const PolicyArn of user?.attached ?? []) await client.iam('DetachUserPolicy', { UserName, PolicyArn });
  for (const PolicyName of user?.inline ?? []) await client.iam('DeleteUserPolicy', { UserName, PolicyName });
  for (const GroupName of user?.groups ?? []) await client.iam('RemoveUserFromGroup', { UserName, GroupName });
  await client.iam('DeleteUser', { UserName });
}

interface Page {
  readonly Marker?: string;
}

/** The members of a list of IAM, of all its pages. */
export async function allOf(list: string, read: (page: Page) => Promise<XmlElement>): Promise<readonly XmlElement[]> {
  const all: XmlElement[] = [];
  for (let page: Page | undefined = {}; page; ) {
    const answer: XmlElement = await read(page);
    all.push(...answer.list(list));
    const Marker = answer.text('Marker');
    page = Marker ? { Marker } : undefined;
  }
  return all;
}
