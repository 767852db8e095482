import { join } from 'node:path';
import { expectGoldenJson } from '@openclaw/contracts/testing';
import { ERROR_CODES, errorForm, errorInfoReason, GRPC_STATUS, isErrorCode, type ErrorCode } from './error-codes';

const codes = Object.keys(ERROR_CODES).filter(isErrorCode);

describe('error codes', () => {
  it('never drift: a code keeps its statuses, its text and whether a retry helps', () => {
    expectGoldenJson(join(__dirname, '../golden/error-codes.json'), ERROR_CODES);
  });

  it.each(codes)('%s is well formed', (code: ErrorCode) => {
    const { http, grpc, publicText } = errorForm(code);
    expect(code).toMatch(/^openclaw\.[a-z-]+\.[a-z-]+$/);
    expect(http).toBeGreaterThanOrEqual(400);
    expect(http).toBeLessThan(600);
    expect(GRPC_STATUS[grpc]).toBeGreaterThan(0);
    expect(publicText).toMatch(/^[A-Z].*\.$/);
    expect(errorInfoReason(code)).toMatch(/^[A-Z][A-Z0-9_]{0,61}[A-Z0-9]$/);
  });

  it('give each code a google.rpc reason of its own', () => {
    expect(new Set(codes.map(errorInfoReason)).size).toBe(codes.length);
  });

  it('say UNAVAILABLE only when a retry can help, and never blame the caller with a 5xx', () => {
    for (const code of codes) {
      const { http, grpc, retriable } = errorForm(code);
      if (grpc === 'UNAVAILABLE') expect([code, http, retriable]).toEqual([code, 503, true]);
      if (grpc === 'INVALID_ARGUMENT') expect(http).toBeLessThan(500);
    }
  });

  it('are recognised exactly', () => {
    for (const text of ['', 'openclaw', 'toString', '__proto__', 'openclaw.code.Revoked'])
      expect(isErrorCode(text)).toBe(false);
  });
});
