import { X } from 'lucide-react';
import { classNames } from './class-names.ts';
import { useToasts } from './toasts.ts';

export function ToastHost() {
  const { toasts, dismiss } = useToasts();
  return (
    <section className="toasts" aria-label="Messages" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} className={classNames('toast', toast.tone && `toast--${toast.tone}`)}>
          <span>{toast.text}</span>
          {toast.action && (
            <button
              type="button"
              onClick={() => {
                toast.action?.perform();
                dismiss(toast.id);
              }}
            >
              {toast.action.label}
            </button>
          )}
          <button type="button" className="toast__close" aria-label="Dismiss" onClick={() => dismiss(toast.id)}>
            <X size={15} aria-hidden />
          </button>
        </div>
      ))}
    </section>
  );
}
