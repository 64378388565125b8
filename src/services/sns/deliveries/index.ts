export { isLinkLocal } from './address-guard.ts';
export { Deliverer, type DeliveryLimits, defaultDeliveryLimits } from './deliverer.ts';
export { confirmationBody, newDelivery, notificationBody, orderedBody, type Publication } from './envelope.ts';
export { type InvokeOperation, withFunctions } from './functions.ts';
export { confirmationMail, contentOf, type Mailer, notificationMail, withMails } from './mails.ts';
export { createPoster, type Poster, type PostOutcome, type PostRequest } from './post.ts';
export { isByMail } from './receivers.ts';
export { Signer, type SigningIdentity } from './signer.ts';
export { createMailer, type SmtpSettings } from './smtp.ts';
