import type { Tag } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import type { AccessRequest } from '../../core/operation.ts';
import { allowedTagText, requestTagConditions as conditionsOf, reservedTagText } from '../../core/tags.ts';
import { structuresOf, textOf } from '../../core/unvalidated.ts';
import type { Tags } from '../../store/index.ts';
import { quotas } from './quotas.ts';
import { tooManyTags, validationError } from './refusals.ts';

/** The tags of a request. */
export const tagList = z.array(z.object({ key: z.string().min(1).max(128), value: z.string().max(256).optional() }));

/** Tags as they are stored; of two under one key the last counts. Throws `ValidationException` and `TooManyTags`. */
export function readTags(arn: string, tags: readonly Tag[] | undefined): Tags {
  const read: Record<string, string> = Object.create(null);
  for (const { key = '', value = '' } of tags ?? []) {
    checkTagKey(key);
    if (!allowedTagText.test(value)) validationError(`Value of tag '${key}' has characters that are not allowed`);
    if (reservedTagText.test(value)) validationError(`Tag values that begin with 'aws:' are reserved: '${value}'`);
    read[key] = value;
  }
  checkTagCount(arn, read);
  return { ...read };
}

/** Checks the key of a tag that is added or removed: AWS's own tags are out of reach. */
export function checkTagKey(key: string): void {
  if (reservedTagText.test(key)) validationError(`Tag keys that begin with 'aws:' are reserved: '${key}'`);
  if (!allowedTagText.test(key)) validationError(`Tag key has characters that are not allowed: '${key}'`);
}

/** Checks how many tags a resource ends up with. */
export function checkTagCount(arn: string, tags: Tags): void {
  if (Object.keys(tags).length > quotas.tagsPerResource) tooManyTags(arn);
}

/** Tags as they are answered. */
export function describeTags(tags: Tags): Tag[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

/** The condition keys of a request that carries tags, which nobody has validated yet. */
export function requestTagConditions(tags: unknown): Record<string, string | readonly string[]> {
  return conditionsOf(structuresOf(tags).map(({ key, value }) => [textOf(key) ?? '', textOf(value) ?? '']));
}

/** Creating something with tags needs leave to tag it too. */
export function tagOnCreate(resource: string, tags: unknown): readonly AccessRequest[] {
  const conditions = requestTagConditions(tags);
  return Object.keys(conditions).length === 0 ? [] : [{ action: 'states:TagResource', resource, conditions }];
}
