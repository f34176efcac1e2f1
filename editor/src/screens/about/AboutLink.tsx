import { BookOpenText } from 'lucide-react';
import { Link } from '../../app/router.tsx';
import { aboutAddress } from './about-address.ts';
import './about-link.css';

interface AboutLinkProps {
  businessKey: string;
  onClick?: () => void;
}

/** A business key that leads to everything about it. */
export const AboutLink = ({ businessKey, onClick }: AboutLinkProps) => (
  <Link
    href={aboutAddress(businessKey)}
    className="about-link"
    title={`Everything about ${businessKey}`}
    {...(onClick ? { onClick } : {})}
  >
    {businessKey}
  </Link>
);

/** The same beside a key that leads elsewhere. */
export const AboutIcon = ({ businessKey }: AboutLinkProps) => (
  <Link
    href={aboutAddress(businessKey)}
    className="about-icon"
    title={`Everything about ${businessKey}`}
    aria-label="Everything about it"
  >
    <BookOpenText size={14} aria-hidden />
  </Link>
);
