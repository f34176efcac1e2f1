import type { Connection } from '@waybill/api-contract';
import { PlugZap } from 'lucide-react';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { durationWords } from '../../ui/time-words.ts';
import { ConnectionWaiting } from '../exceptions/WaitingProblems.tsx';

type Result = { ok: boolean; what: string; fix: string | null; tookMs: number | null };

/** Asks the other system whether the connection works, and says what failed and how to fix it. */
export function TestButton({ connection }: { connection: Pick<Connection, 'id' | 'name'> }) {
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<Result | null>(null);
  const test = async () => {
    setBusy(true);
    try {
      setResult(await api('testConnection', { params: { connectionId: connection.id } }));
    } catch (error) {
      setResult({ ok: false, ...wordsOf(error), tookMs: null });
    } finally {
      setBusy(false);
      void queryClient.invalidateQueries({ queryKey: ['listConnections'] });
    }
  };
  return (
    <>
      <IconButton
        label={busy ? `Testing ${connection.name}` : `Test ${connection.name}`}
        icon={PlugZap}
        small
        disabled={busy}
        className={busy ? 'testing' : ''}
        onClick={() => void test()}
      />
      <Dialog
        open={result !== null}
        onClose={() => setResult(null)}
        title={result?.ok ? `“${connection.name}” works` : `“${connection.name}” does not work`}
        width={480}
        foot={
          <>
            {!result?.ok && (
              <Button disabled={busy} onClick={() => void test()}>
                Test again
              </Button>
            )}
            <Button look="primary" onClick={() => setResult(null)}>
              Close
            </Button>
          </>
        }
      >
        {result && <TestResult result={result} />}
        {result?.ok && <ConnectionWaiting connectionId={connection.id} />}
      </Dialog>
    </>
  );
}

export function TestResult({ result }: { result: Result }) {
  return (
    <div className={result.ok ? 'callout callout--done' : 'callout callout--failed'} role="status">
      <div>
        <strong>{result.what}</strong>
        {result.fix && <p>{result.fix}</p>}
        {result.tookMs !== null && <p className="muted">Took {durationWords(result.tookMs)}.</p>}
      </div>
    </div>
  );
}
