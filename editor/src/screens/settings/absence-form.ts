import type { Absence } from '@waybill/api-contract';

export interface AbsenceForm {
  /** Days as a date control gives them, local time. */
  from: string;
  until: string;
  deputyId: string;
}

/** The local day of a moment, as a date control takes it. */
export function dayOf(at: number): string {
  const date = new Date(at);
  const pad = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** Where the form starts: at the absence there is, else today. */
export const startAbsence = (absence: Absence | null, now: number): AbsenceForm => ({
  from: dayOf(absence?.from ?? now),
  until: absence ? dayOf(absence.until) : '',
  deputyId: absence?.deputyId ?? '',
});

/** The first moment of a day in local time; NaN if it is none. */
const startOf = (day: string): number => new Date(`${day}T00:00:00`).getTime();

/** Faults by field. Pure but for the time zone. */
export function absenceFaults(form: AbsenceForm, now: number): Partial<Record<keyof AbsenceForm, string>> {
  const faults: Partial<Record<keyof AbsenceForm, string>> = {};
  const [from, until] = [startOf(form.from), startOf(form.until)];
  if (!Number.isFinite(from)) faults.from = 'Choose a day.';
  if (!Number.isFinite(until)) faults.until = 'Choose a day.';
  else if (until <= from) faults.until = 'Come back on a later day.';
  else if (until <= now) faults.until = 'Choose a day to come.';
  if (form.deputyId === '') faults.deputyId = 'Choose a deputy.';
  return faults;
}

export const absenceOf = ({ from, until, deputyId }: AbsenceForm) => ({
  from: startOf(from),
  until: startOf(until),
  deputyId,
});
