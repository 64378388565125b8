import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/resources/:name/edit', title: 'consumable.edit' };
