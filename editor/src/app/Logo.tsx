/** The mark: a sheet with a folded corner, and the W of its route line. */
export function LogoMark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path d="M5 3h17l6 6v20H5z" fill="var(--accent)" />
      <path d="M22 3l6 6h-6z" fill="var(--sheet)" fillOpacity=".55" />
      <path
        d="M9.5 14l3.2 10L16 15.5 19.3 24l3.2-10"
        fill="none"
        stroke="var(--accent-ink)"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

export function Wordmark() {
  return (
    <span className="wordmark">
      <LogoMark />
      <span>Waybill</span>
    </span>
  );
}
