import { defineCredential } from '@waybill/node-sdk';

const address = {
  kind: 'url',
  label: 'Address',
  placeholder: 'https://api.example.com',
  help: 'Steps may call this host only.',
} as const;

export const httpNone = defineCredential({
  type: 'http-none',
  title: 'HTTP without sign-in',
  icon: 'globe',
  fields: { baseUrl: address },
  baseUrl: '{baseUrl}',
  auth: { scheme: 'none' },
  test: null,
});

export const httpBasic = defineCredential({
  type: 'http-basic',
  title: 'HTTP with user and password',
  icon: 'globe-lock',
  fields: {
    baseUrl: address,
    username: { kind: 'text', label: 'User name' },
    password: { kind: 'secret', label: 'Password' },
  },
  baseUrl: '{baseUrl}',
  auth: { scheme: 'basic', username: '{username}', password: '{password}' },
  test: null,
});

export const httpBearer = defineCredential({
  type: 'http-bearer',
  title: 'HTTP with a token',
  icon: 'globe-lock',
  fields: { baseUrl: address, token: { kind: 'secret', label: 'Token' } },
  baseUrl: '{baseUrl}',
  auth: { scheme: 'bearer', token: '{token}' },
  test: null,
});

export const httpHeader = defineCredential({
  type: 'http-header',
  title: 'HTTP with a secret header',
  icon: 'globe-lock',
  fields: {
    baseUrl: address,
    name: { kind: 'text', label: 'Header', placeholder: 'x-api-key' },
    value: { kind: 'secret', label: 'Value' },
  },
  baseUrl: '{baseUrl}',
  auth: { scheme: 'header', name: '{name}', value: '{value}' },
  test: null,
});
