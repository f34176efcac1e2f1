/** Describe answers, from the declared schema. */
import type { Json, JsonObject } from '../kernel/json.ts';
import { allSObjects, type Field, relationshipName, type SObject } from './schema.ts';

export function describeGlobal(version: string): JsonObject {
  return { encoding: 'UTF-8', maxBatchSize: 200, sobjects: allSObjects().map((object) => summary(object, version)) };
}

export function describeObject(object: SObject, version: string): JsonObject {
  return {
    ...summary(object, version),
    fields: [idField(), ...[...object.fields.values()].map(describeField), ...systemTimes()],
    childRelationships: Object.entries(object.children).map(([relationship, child]) => ({
      relationshipName: relationship,
      childSObject: child.object,
      field: child.field,
      cascadeDelete: child.field !== 'AccountId',
      deprecatedAndHidden: false,
    })),
    recordTypeInfos: [],
    supportedScopes: [],
  };
}

export function summary(object: SObject, version: string): JsonObject {
  const url = `/services/data/${version}/sobjects/${object.name}`;
  return {
    name: object.name,
    label: object.label,
    labelPlural: `${object.label}s`,
    keyPrefix: object.prefix,
    custom: object.name.endsWith('__c'),
    createable: true,
    updateable: true,
    deletable: true,
    queryable: true,
    retrieveable: true,
    searchable: true,
    undeletable: false,
    triggerable: true,
    mergeable: false,
    replicateable: true,
    layoutable: true,
    activateable: false,
    deprecatedAndHidden: false,
    feedEnabled: false,
    urls: { sobject: url, describe: `${url}/describe`, rowTemplate: `${url}/{ID}` },
  };
}

function describeField(field: Field): JsonObject {
  const isNumber = ['currency', 'double', 'percent', 'int'].includes(field.type);
  return {
    ...plainField(field.name, field.type, field.length),
    nillable: !field.required,
    createable: !field.readOnly,
    updateable: !field.readOnly,
    calculated: field.readOnly,
    externalId: field.externalId,
    idLookup: field.externalId || field.name === 'Name',
    precision: isNumber ? 18 : 0,
    scale: field.type === 'int' ? 0 : isNumber ? 2 : 0,
    restrictedPicklist: field.type === 'picklist',
    referenceTo: field.referenceTo ? [field.referenceTo] : [],
    relationshipName: relationshipName(field),
    picklistValues: field.values.map((value) => ({
      value,
      label: value,
      active: true,
      defaultValue: false,
      validFor: null,
    })),
  };
}

function plainField(name: string, type: string, length: number): Record<string, Json> {
  const label = name
    .replace(/__c$/, '')
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2');
  return {
    name,
    label,
    type,
    length,
    soapType: soapTypes[type] ?? 'xsd:string',
    custom: name.endsWith('__c'),
    nillable: false,
    createable: false,
    updateable: false,
    defaultedOnCreate: false,
    calculated: false,
    externalId: false,
    idLookup: false,
    unique: false,
    filterable: true,
    sortable: true,
    groupable: true,
    nameField: name === 'Name',
    referenceTo: [],
    relationshipName: null,
    picklistValues: [],
    restrictedPicklist: false,
    deprecatedAndHidden: false,
  };
}

const soapTypes: Record<string, string> = {
  boolean: 'xsd:boolean',
  currency: 'xsd:double',
  double: 'xsd:double',
  percent: 'xsd:double',
  int: 'xsd:int',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  id: 'tns:ID',
  reference: 'tns:ID',
};

function idField(): JsonObject {
  return { ...plainField('Id', 'id', 18), idLookup: true, defaultedOnCreate: true };
}

function systemTimes(): JsonObject[] {
  const times = ['CreatedDate', 'LastModifiedDate', 'SystemModstamp'].map((name) => plainField(name, 'datetime', 0));
  return [plainField('IsDeleted', 'boolean', 0), ...times];
}
