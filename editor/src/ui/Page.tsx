import type { ReactNode } from 'react';

interface PageProps {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of an ordinary screen: title, one sentence, actions, content. */
export function Page({ title, about, actions, children }: PageProps) {
  return (
    <div className="page">
      <header className="page__head">
        <div>
          <h1>{title}</h1>
          {about && <p>{about}</p>}
        </div>
        {actions && <div className="page__actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
