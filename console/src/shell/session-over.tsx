import Modal from '@cloudscape-design/components/modal';
import { useText } from '../messages/text-context.tsx';
import { useRegion, useWorker } from '../session/session-context.tsx';
import { SignInForm } from '../session/sign-in-form.tsx';

/** Over the page, which stays as it is: who signs in goes on where they were. */
export function SessionOver() {
  const text = useText();
  const worker = useWorker();
  const region = useRegion() ?? 'us-east-1';
  return (
    <Modal
      visible
      header={text('session.over')}
      onDismiss={() => void worker.signOut()}
      closeAriaLabel={text('top.sign-out')}
    >
      <SignInForm region={region} expired />
    </Modal>
  );
}
