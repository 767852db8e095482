import { Catch, type ExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';
import type { Logger } from '../logging/logger';
import { grpcError, reportFault } from './grpc-error';

/** Every error of a gRPC API as a status with google.rpc details; what nobody expected is logged. */
@Catch()
export class GrpcErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(exception: unknown): Observable<never> {
    reportFault(exception, this.logger);
    return throwError(() => grpcError(exception));
  }
}
