export { isLinkLocal } from './address-guard.ts';
export { Deliverer, type DeliveryLimits, defaultDeliveryLimits } from './deliverer.ts';
export { confirmationBody, newDelivery, notificationBody, type Publication } from './envelope.ts';
export { type InvokeOperation, withFunctions } from './functions.ts';
export { createPoster, type Poster, type PostOutcome, type PostRequest } from './post.ts';
export { Signer, type SigningIdentity } from './signer.ts';
