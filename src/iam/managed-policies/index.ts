export { type AwsManagedPolicy, awsManagedPolicies, findAwsManagedPolicy } from './aws-managed-policies.ts';
