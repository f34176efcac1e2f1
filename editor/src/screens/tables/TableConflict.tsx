import { Button } from '../../ui/Button.tsx';

interface TableConflictProps {
  /** Who was quicker. */
  by: string;
  onTakeTheirs: () => void;
  onSaveMine: () => void;
}

/** Somebody saved the table that is being edited: the person decides whose version stays. */
export function TableConflict({ by, onTakeTheirs, onSaveMine }: TableConflictProps) {
  return (
    <div className="callout callout--waiting table-conflict" role="alert">
      <div>
        <strong>{by} saved this table while you edited it.</strong>
        <p>Nothing is overwritten. Take their version and lose your changes, or save yours over it.</p>
      </div>
      <Button onClick={onTakeTheirs}>Take theirs</Button>
      <Button look="danger" onClick={onSaveMine}>
        Save mine over it
      </Button>
    </div>
  );
}
