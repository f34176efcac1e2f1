export type { CrosswalkLink, LinkDecision, RecordRef } from './crosswalk.ts';
export { findLinked, linkDecision } from './crosswalk.ts';
export type { Decimal, Rounding } from './decimal.ts';
export {
  addDecimals,
  compareDecimals,
  formatDecimal,
  multiplyDecimals,
  parseDecimal,
  roundDecimal,
} from './decimal.ts';
export type { EffectiveRow } from './effective-dating.ts';
export { overlaps, rowAt, rowFinder } from './effective-dating.ts';
export type { Entity, EntityName, EntityVersion } from './entities.ts';
export { entityNames, entitySchema, entityVersions, findEntitySchema, isEntityName } from './entities.ts';
export type { Money } from './money.ts';
export {
  addMoney,
  allocateMoney,
  compareMoney,
  convertMoney,
  currencySchema,
  decimalSchema,
  minorDigits,
  money,
  moneySchema,
  multiplyMoney,
  negateMoney,
  roundMoney,
  subtractMoney,
  sumMoney,
} from './money.ts';
export type { OwnershipRule, OwnershipViolation, WriteCheck } from './ownership.ts';
export { checkWrite, fieldsOf, ruleFor } from './ownership.ts';
export { sensitiveFieldNames, sensitiveFields } from './sensitive-fields.ts';
