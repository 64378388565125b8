import type { Tag } from '@aws-sdk/client-ecs';

/** Tags as ECS shows them. */
export function tagList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}
