import { resolve } from 'node:path';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { GRPC_LOADER_OPTIONS, protoRoot, serviceDefinition } from './protos';

const FILE = resolve(protoRoot, '../vendor/envoy/external_auth.proto');

/** `envoy.service.auth.v3.Authorization`, in messages of the shapes below. Reads a file; call once, at start. */
export const envoyAuthorization = (): ServiceDefinition =>
  serviceDefinition('envoy.service.auth.v3.Authorization', loadSync(FILE, GRPC_LOADER_OPTIONS));

/** What Envoy asks. A message that Envoy left out is null. */
export interface CheckRequest {
  readonly attributes: {
    readonly source: Peer | null;
    readonly request: { readonly http: HttpAsked | null } | null;
    /** From the route's `check_settings`: what is required there. Set by whoever runs Envoy, never by its clients. */
    readonly contextExtensions: Readonly<Record<string, string>>;
  } | null;
}

export interface Peer {
  /** The last hop before Envoy. */
  readonly address: { readonly socketAddress: { readonly address: string } | null } | null;
}

export interface HttpAsked {
  /** Random, by Envoy; the same when Envoy asks again. */
  readonly id: string;
  readonly method: string;
  /** Lower-case names; repeated headers joined with commas. Empty when `headerMap` is used. */
  readonly headers: Readonly<Record<string, string>>;
  /** With its query, not decoded. */
  readonly path: string;
  readonly headerMap: { readonly headers: readonly RawHeader[] } | null;
}

interface RawHeader {
  readonly key: string;
  readonly value: string;
  readonly rawValue: Buffer;
}

/** What Envoy is told: `status.code` 0 lets the request pass. */
export interface CheckResponse {
  readonly status: { readonly code: number };
  readonly okResponse?: { readonly headers: readonly SetHeader[]; readonly headersToRemove: readonly string[] };
  readonly deniedResponse?: {
    readonly status: { readonly code: number };
    readonly headers: readonly SetHeader[];
    readonly body: string;
  };
  readonly dynamicMetadata?: { readonly fields: Readonly<Record<string, StructValue>> };
}

/** `append: {value: false}`: replaces what the client sent. */
export interface SetHeader {
  readonly header: { readonly key: string; readonly value: string };
  readonly append: { readonly value: false };
}

export type StructValue = { readonly stringValue: string } | { readonly numberValue: number };
