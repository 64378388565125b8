import type { JobKind } from '../job-access.ts';
import { serviceJobArn } from '../names.ts';
import { tagsOfServiceJobs } from '../tags.ts';

/** For access to service jobs. */
export const ofServiceJobs: JobKind = { arnOf: serviceJobArn, tagsOf: tagsOfServiceJobs };
