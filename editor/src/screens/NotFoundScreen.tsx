import { MapPinOff } from 'lucide-react';
import { navigate } from '../app/router.tsx';
import { Button } from '../ui/Button.tsx';
import { EmptyState } from '../ui/States.tsx';

export function NotFoundScreen() {
  return (
    <EmptyState
      icon={MapPinOff}
      title="There is no page at this address"
      actions={
        <Button look="primary" onClick={() => navigate('/flows')}>
          Go to the flows
        </Button>
      }
    >
      The link may be old, or what it led to was deleted.
    </EmptyState>
  );
}
